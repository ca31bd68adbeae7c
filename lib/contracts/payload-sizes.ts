/** Of a field that is larger no more than its size is read: the broker, this process and a browser would each hold it whole. */
export const MOST_READ_BYTES = 16_777_216;
