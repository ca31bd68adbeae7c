/** With the answer of a removal: the entry of the recycle bin from which the job can be put back. Absent where it is not kept. */
export const BIN_ENTRY_HEADER = 'Queuedeck-Bin-Entry';
