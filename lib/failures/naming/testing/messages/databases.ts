/** Causes by their wanted group, with messages as drivers and servers say them. */
export const DATABASES: Record<string, readonly string[]> = {
  'postgres deadlock': [
    'ERROR: deadlock detected (SQLSTATE 40P01) Process 4711 waits for ShareLock on transaction 88123; blocked by process 4720.',
    'ERROR: deadlock detected (SQLSTATE 40P01) Process 912 waits for ShareLock on transaction 1204; blocked by process 77.',
    'ERROR: deadlock detected (SQLSTATE 40P01) Process 20113 waits for ShareLock on transaction 990001; blocked by process 20199.',
  ],
  'postgres serialization': ['ERROR: could not serialize access due to concurrent update (SQLSTATE 40001)'],
  'postgres unique': [
    'duplicate key value violates unique constraint "orders_number_key"',
    'duplicate key value violates unique constraint "users_email_key"',
  ],
  'postgres too many clients': ['FATAL: sorry, too many clients already', 'FATAL:  sorry, too many clients already'],
  'postgres statement timeout': ['canceling statement due to statement timeout'],
  'postgres refused': [
    'connect ECONNREFUSED 10.4.0.12:5432',
    'connect ECONNREFUSED 10.4.0.13:5432',
    'connect ECONNREFUSED 127.0.0.1:5433',
  ],
  'postgres reset': ['read ECONNRESET'],
  'postgres uuid syntax': [
    'invalid input syntax for type uuid: "k3f9za"',
    'invalid input syntax for type uuid: "4711"',
    'invalid input syntax for type uuid: ""',
  ],
  'postgres out of shared memory': [
    'out of shared memory HINT: You might need to increase max_locks_per_transaction. (SQLSTATE 53200)',
  ],
  'mysql duplicate': [
    "ER_DUP_ENTRY: Duplicate entry 'ann@example.com' for key 'users.email'",
    "ER_DUP_ENTRY: Duplicate entry '4711-2' for key 'users.email'",
  ],
  'mysql lock wait': ['ER_LOCK_WAIT_TIMEOUT: Lock wait timeout exceeded; try restarting transaction'],
  'mysql 1062': [
    "ERROR 1062 (23000): Duplicate entry '17' for key 'PRIMARY'",
    "ERROR 1062 (23000): Duplicate entry '99812' for key 'PRIMARY'",
  ],
  'mysql 1048': [
    "ERROR 1048 (23000): Column 'email' cannot be null",
    "ERROR 1048 (23000): Column 'phone' cannot be null",
  ],
  'mysql gone away': [
    '(2006, "MySQL server has gone away (BrokenPipeError(32, \'Broken pipe\'))")',
    '(2006, "MySQL server has gone away (ConnectionResetError(104, \'Connection reset by peer\'))")',
  ],
  'mysql lost connection': ['(2013, "Lost connection to MySQL server during query")'],
  'mysql access denied': [
    "SQLSTATE[HY000] [1045] Access denied for user 'shop'@'10.0.2.7' (using password: YES)",
    "SQLSTATE[HY000] [1045] Access denied for user 'jobs'@'10.0.9.31' (using password: YES)",
  ],
  'mysql connection refused in php': ['SQLSTATE[HY000] [2002] Connection refused'],
  'mongo duplicate': [
    'E11000 duplicate key error collection: shop.orders index: number_1 dup key: { number: "A-4711-XB" }',
    'E11000 duplicate key error collection: shop.orders index: number_1 dup key: { number: "B-1200-QT" }',
    'E11000 duplicate key error collection: shop.orders index: number_1 dup key: { number: "K-9-ZZ" }',
  ],
  'mongo document failed validation': ['MongoServerError: E121 Document failed validation'],
  'mongo no server': [
    'MongoServerSelectionError: Server selection timed out after 30000 ms',
    'MongoServerSelectionError: Server selection timed out after 5000 ms',
  ],
  'mongo not primary': [
    'MongoServerError: not primary and secondaryOk=false; id 6532f0a1b2c3d4e5f6a7b8c9',
    'MongoServerError: not primary and secondaryOk=false; id 65ff01a1b2c3d4e5f6a7b8aa',
  ],
  'mongoose cast': [
    'CastError: Cast to ObjectId failed for value "k3f9za" (type string) at path "_id" for model "Order"',
    'CastError: Cast to ObjectId failed for value "17" (type string) at path "_id" for model "Order"',
  ],
  'redis moved': ['MOVED 3999 10.0.0.7:6381', 'MOVED 16011 10.0.0.9:6380', 'MOVED 12 redis-3.internal:6379'],
  'redis oom': ["OOM command not allowed when used memory > 'maxmemory'."],
  'redis readonly': ["READONLY You can't write against a read only replica."],
  'redis wrongtype': ['WRONGTYPE Operation against a key holding the wrong kind of value'],
  'redis max retries': [
    'Reached the max retries per request limit (which is 20). Refer to "maxRetriesPerRequest" option for details.',
    'Reached the max retries per request limit (which is 3). Refer to "maxRetriesPerRequest" option for details.',
  ],
  'redis loading': ['LOADING Redis is loading the dataset in memory'],
  'elasticsearch circuit breaker': [
    'circuit_breaking_exception: [parent] Data too large, data for [<http_request>] would be [986169784/940.4mb], which is larger than the limit of [986061209/940.3mb]',
    'circuit_breaking_exception: [parent] Data too large, data for [<http_request>] would be [1027169784/979.5mb], which is larger than the limit of [986061209/940.3mb]',
  ],
  'elasticsearch version conflict': [
    'version_conflict_engine_exception: [k3f9za]: version conflict, document already exists (current version [1])',
    'version_conflict_engine_exception: [9q2lx7]: version conflict, document already exists (current version [12])',
    'version_conflict_engine_exception: [order-4711]: version conflict, document already exists (current version [3])',
  ],
  'elasticsearch index missing': [
    'index_not_found_exception: no such index [orders-2026.11.26]',
    'index_not_found_exception: no such index [orders-2026.11.27]',
  ],
  'cassandra write timeout': [
    'Cassandra timeout during SIMPLE write query at consistency LOCAL_QUORUM (2 replica were required but only 1 acknowledged the write)',
    'Cassandra timeout during SIMPLE write query at consistency LOCAL_QUORUM (3 replica were required but only 2 acknowledged the write)',
  ],
  'oracle unique': [
    'ORA-00001: unique constraint (SHOP.SYS_C007421) violated',
    'ORA-00001: unique constraint (SHOP.SYS_C009931) violated',
  ],
  'oracle no data': ['ORA-01403: no data found'],
  'oracle snapshot': [
    'ORA-01555: snapshot too old: rollback segment number 12 with name "_SYSSMU12_1268$" too small',
    'ORA-01555: snapshot too old: rollback segment number 7 with name "_SYSSMU7_99812$" too small',
  ],
  'sql server 2627': [
    "Msg 2627, Level 14, State 1, Line 3: Violation of PRIMARY KEY constraint 'PK_Orders'. The duplicate key value is (4711).",
    "Msg 2627, Level 14, State 1, Line 9: Violation of PRIMARY KEY constraint 'PK_Orders'. The duplicate key value is (12).",
  ],
  'sql server 1205': [
    'Transaction (Process ID 57) was deadlocked on lock resources with another process and has been chosen as the deadlock victim. Rerun the transaction.',
    'Transaction (Process ID 112) was deadlocked on lock resources with another process and has been chosen as the deadlock victim. Rerun the transaction.',
  ],
  'db2 204': [
    'DB2 SQL Error: SQLCODE=-204, SQLSTATE=42704, SQLERRMC=SHOP.ORDERS, DRIVER=4.26.14',
    'DB2 SQL Error: SQLCODE=-204, SQLSTATE=42704, SQLERRMC=SHOP.ORDERS, DRIVER=4.31.10',
  ],
  'db2 911': [
    'DB2 SQL Error: SQLCODE=-911, SQLSTATE=40001, SQLERRMC=68, DRIVER=4.26.14',
    'DB2 SQL Error: SQLCODE=-911, SQLSTATE=40001, SQLERRMC=2, DRIVER=4.26.14',
  ],
  'sqlite busy': ['SQLITE_BUSY: database is locked'],
  'prisma unique': [
    'Unique constraint failed on the fields: (`email`) code: P2002',
    'Unique constraint failed on the fields: (`orderNo`) code: P2002',
  ],
  'prisma not found': [
    'An operation failed because it depends on one or more records that were required but not found. code: P2025',
  ],
  'prisma pool': [
    'P2024: Timed out fetching a new connection from the connection pool. (Current connection pool timeout: 10, connection limit: 5)',
    'P2024: Timed out fetching a new connection from the connection pool. (Current connection pool timeout: 20, connection limit: 17)',
  ],
  'prisma unreachable': [
    "P1001: Can't reach database server at `db-7f9c.internal`:`5432`",
    "P1001: Can't reach database server at `10.0.0.4`:`5432`",
  ],
  'typeorm missing entity': [
    'EntityNotFoundError: Could not find any entity of type "Order" matching: { "where": { "id": 4711 } }',
    'EntityNotFoundError: Could not find any entity of type "Order" matching: { "where": { "id": 12 } }',
  ],
  'dynamo throughput': [
    'ProvisionedThroughputExceededException: The level of configured provisioned throughput for the table was exceeded. RequestId: QK7V2J1HCNV4KQNSO5AEMVJF66Q9ASUAAJG',
    'ProvisionedThroughputExceededException: The level of configured provisioned throughput for the table was exceeded. RequestId: 8UAV1T9P5EO2Q6VQ1TNJSB2PDBVV4KQNSO5',
  ],
  'dynamo condition': ['ConditionalCheckFailedException: The conditional request failed'],
  'kafka leader': [
    'KafkaJSProtocolError: This server is not the leader for that topic-partition (topic orders, partition 7)',
    'KafkaJSProtocolError: This server is not the leader for that topic-partition (topic orders, partition 11)',
  ],
  'kafka rebalance': [
    'Consumer group shop-worker is rebalancing, generation 41, member consumer-1-8f3c2a10-77aa-4c1e-9c51-0f62a7c1b2d3',
    'Consumer group shop-worker is rebalancing, generation 42, member consumer-3-11f0aa31-9d55-4f2a-8d0e-3b0f2f1a9c11',
  ],
  'kafka too large': [
    'org.apache.kafka.common.errors.RecordTooLargeException: The message is 1048712 bytes when serialized which is larger than 1048576, which is the value of the max.request.size configuration.',
    'org.apache.kafka.common.errors.RecordTooLargeException: The message is 2097400 bytes when serialized which is larger than 1048576, which is the value of the max.request.size configuration.',
  ],
  'rabbit not found': [
    "Channel closed by server: 404 (NOT-FOUND) with message \"NOT_FOUND - no queue 'q.k3f9za' in vhost '/'\"",
    "Channel closed by server: 404 (NOT-FOUND) with message \"NOT_FOUND - no queue 'q.mails' in vhost '/'\"",
  ],
  'rabbit precondition': [
    'Channel closed by server: 406 (PRECONDITION-FAILED) with message "PRECONDITION_FAILED - unknown delivery tag 17"',
    'Channel closed by server: 406 (PRECONDITION-FAILED) with message "PRECONDITION_FAILED - unknown delivery tag 4"',
  ],
  'clickhouse memory': [
    'Code: 241. DB::Exception: Memory limit (for query) exceeded: would use 9.32 GiB (attempt to allocate chunk of 4219172 bytes), maximum: 9.31 GiB. (MEMORY_LIMIT_EXCEEDED)',
    'Code: 241. DB::Exception: Memory limit (for query) exceeded: would use 12.01 GiB (attempt to allocate chunk of 1048576 bytes), maximum: 9.31 GiB. (MEMORY_LIMIT_EXCEEDED)',
  ],
  'clickhouse syntax': [
    'Code: 62. DB::Exception: Syntax error: failed at position 17 (end of query). (SYNTAX_ERROR)',
    'Code: 62. DB::Exception: Syntax error: failed at position 201 (end of query). (SYNTAX_ERROR)',
  ],
};
