/** What the runtimes of ten languages say themselves. */
export const RUNTIMES: Record<string, readonly string[]> = {
  'node enoent': [
    "ENOENT: no such file or directory, open '/srv/exports/k3f9za.csv'",
    "ENOENT: no such file or directory, open '/srv/exports/2026/orders.csv'",
  ],
  'node eacces': [
    "EACCES: permission denied, open '/srv/exports/k3f9za.csv'",
    "EACCES: permission denied, open '/srv/exports/2026/orders.csv'",
  ],
  'node enospc': ['ENOSPC: no space left on device, write'],
  'node dns': ['getaddrinfo ENOTFOUND api-7.example.com', 'getaddrinfo ENOTFOUND hooks.example.org'],
  'node dns again': ['getaddrinfo EAI_AGAIN api-7.example.com', 'getaddrinfo EAI_AGAIN hooks.example.org'],
  'node epipe': ['write EPIPE'],
  'node socket hang up': ['socket hang up'],
  'node undefined property': [
    "Cannot read properties of undefined (reading 'id')",
    "Cannot read properties of undefined (reading 'total')",
  ],
  'node null property': [
    "Cannot read properties of null (reading 'id')",
    "Cannot read properties of null (reading 'total')",
  ],
  'node json': ['Unexpected token < in JSON at position 0', 'Unexpected token < in JSON at position 4711'],
  'node http2': ['Error [ERR_HTTP2_STREAM_CANCEL]: The pending stream has been canceled'],
  'node http2 session': ['Error [ERR_HTTP2_INVALID_SESSION]: The session has been destroyed'],
  'node heap': ['FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory'],
  'axios 404': ['Request failed with status code 404'],
  'axios 503': ['Request failed with status code 503'],
  'axios timeout': ['timeout of 5000ms exceeded', 'timeout of 30000ms exceeded'],
  'undici headers': ['UND_ERR_HEADERS_TIMEOUT: Headers Timeout Error'],
  'undici body': ['UND_ERR_BODY_TIMEOUT: Body Timeout Error'],
  'typescript 2345': [
    "src/orders/k3f9za.ts:12:7 - error TS2345: Argument of type 'string' is not assignable to parameter of type 'number'.",
    "src/orders/parse.ts:120:31 - error TS2345: Argument of type 'null' is not assignable to parameter of type 'Order'.",
  ],
  'typescript 2339': [
    "src/orders/k3f9za.ts:12:7 - error TS2339: Property 'a' does not exist on type 'Order'.",
    "src/orders/parse.ts:9:1 - error TS2339: Property 'b' does not exist on type 'User'.",
  ],
  'tls expired': ['certificate has expired'],
  'tls protocol': [
    '140735:error:0A000102:SSL routines:ssl_choose_client_version:unsupported protocol:../deps/openssl/ssl/statem/statem_lib.c:1991:',
    '980211:error:0A000102:SSL routines:ssl_choose_client_version:unsupported protocol:../deps/openssl/ssl/statem/statem_lib.c:1984:',
  ],
  'python key': ["KeyError: 'user_id'", "KeyError: 'order'"],
  'python connection': [
    "HTTPSConnectionPool(host='api.example.com', port=443): Max retries exceeded with url: /v1/orders/4711 (Caused by NewConnectionError('<urllib3.connection.HTTPSConnection object at 0x7f8b1c2d3e50>: Failed to establish a new connection: [Errno 111] Connection refused'))",
    "HTTPSConnectionPool(host='eu.example.com', port=443): Max retries exceeded with url: /v1/orders/12 (Caused by NewConnectionError('<urllib3.connection.HTTPSConnection object at 0x7fa11c2d3e99>: Failed to establish a new connection: [Errno 111] Connection refused'))",
  ],
  'python requests 404': [
    '404 Client Error: Not Found for url: https://api.example.com/v1/orders/4711',
    '404 Client Error: Not Found for url: https://api.example.com/v1/orders/k3f9za',
  ],
  'python requests 403': [
    '403 Client Error: Forbidden for url: https://api.example.com/v1/orders/4711',
    '403 Client Error: Forbidden for url: https://api.example.com/v1/orders/k3f9za',
  ],
  'python urllib 403': ['HTTP Error 403: Forbidden'],
  'python errno 2': [
    "[Errno 2] No such file or directory: '/tmp/k3f9za.csv'",
    "[Errno 2] No such file or directory: '/tmp/orders.csv'",
  ],
  'python errno 13': [
    "[Errno 13] Permission denied: '/tmp/k3f9za.csv'",
    "[Errno 13] Permission denied: '/tmp/orders.csv'",
  ],
  'python utf8': [
    "'utf-8' codec can't decode byte 0xe9 in position 17: invalid continuation byte",
    "'utf-8' codec can't decode byte 0xff in position 4711: invalid continuation byte",
  ],
  'python unpack': [
    'not enough values to unpack (expected 3, got 2)',
    'not enough values to unpack (expected 5, got 1)',
  ],
  'celery lost': [
    'WorkerLostError: Worker exited prematurely: signal 9 (SIGKILL) Job: 17.',
    'WorkerLostError: Worker exited prematurely: signal 9 (SIGKILL) Job: 4012.',
  ],
  'celery segfault': [
    'WorkerLostError: Worker exited prematurely: signal 11 (SIGSEGV) Job: 3.',
    'WorkerLostError: Worker exited prematurely: signal 11 (SIGSEGV) Job: 87.',
  ],
  'php memory': [
    'Allowed memory size of 134217728 bytes exhausted (tried to allocate 20480 bytes)',
    'Allowed memory size of 268435456 bytes exhausted (tried to allocate 4096 bytes)',
  ],
  'php curl 28': [
    'cURL error 28: Operation timed out after 5001 milliseconds with 0 bytes received (see https://curl.haxx.se/libcurl/c/libcurl-errors.html)',
    'cURL error 28: Operation timed out after 30000 milliseconds with 512 bytes received (see https://curl.haxx.se/libcurl/c/libcurl-errors.html)',
  ],
  'php curl 6': [
    'cURL error 6: Could not resolve host: api.example.com (see https://curl.haxx.se/libcurl/c/libcurl-errors.html)',
    'cURL error 6: Could not resolve host: eu.example.org (see https://curl.haxx.se/libcurl/c/libcurl-errors.html)',
  ],
  'php guzzle 500': [
    'Server error: `POST https://api.example.com/v1/orders` resulted in a `500 Internal Server Error` response: {"id":"k3f9za"}',
    'Server error: `POST https://api.example.com/v1/users` resulted in a `500 Internal Server Error` response: {"id":"9q2lx7"}',
  ],
  'php undefined key': ['Undefined array key "total"', 'Undefined array key "user_id"'],
  'php model missing': [
    'No query results for model [App\\Models\\Order] 4711',
    'No query results for model [App\\Models\\Order] 12',
  ],
  'java null': [
    'java.lang.NullPointerException: Cannot invoke "com.shop.Order.getTotal()" because "order" is null',
    'java.lang.NullPointerException: Cannot invoke "com.shop.User.getId()" because "user" is null',
  ],
  'java refused': ['java.net.ConnectException: Connection refused (Connection refused)'],
  'java hikari': [
    'HikariPool-1 - Connection is not available, request timed out after 30000ms.',
    'HikariPool-2 - Connection is not available, request timed out after 30012ms.',
  ],
  'java stale object': [
    'Row was updated or deleted by another transaction (or unsaved-value mapping was incorrect) : [com.shop.Order#4711]',
    'Row was updated or deleted by another transaction (or unsaved-value mapping was incorrect) : [com.shop.Order#12]',
  ],
  'java rejected': [
    'Task com.shop.Mail$$Lambda$214/0x0000000800d2e840@5e2de80c rejected from java.util.concurrent.ThreadPoolExecutor@1b2c6ec2[Running, pool size = 8, active threads = 8, queued tasks = 100, completed tasks = 4711]',
    'Task com.shop.Mail$$Lambda$309/0x0000000801f2a010@7a81197 rejected from java.util.concurrent.ThreadPoolExecutor@39a054a5[Running, pool size = 8, active threads = 8, queued tasks = 100, completed tasks = 12]',
  ],
  'java heap': ['java.lang.OutOfMemoryError: Java heap space'],
  'go dial': [
    'dial tcp 10.0.0.4:5432: connect: connection refused',
    'dial tcp 10.0.9.17:5432: connect: connection refused',
  ],
  'go timeout': ['dial tcp 10.0.0.4:5432: i/o timeout', 'dial tcp 10.0.9.17:5432: i/o timeout'],
  'go context': [
    'Get "https://api.example.com/v1/a": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
    'Get "https://api.example.com/v1/b": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
  ],
  'go index': [
    'runtime error: index out of range [5] with length 3',
    'runtime error: index out of range [17] with length 4',
  ],
  'go nil': ['runtime error: invalid memory address or nil pointer dereference'],
  'go took': ['lock not released after 1m30s', 'lock not released after 45.2s'],
  'ruby nil': ["undefined method `name' for nil:NilClass", "undefined method `total' for nil:NilClass"],
  'ruby missing record': ["Couldn't find Order with 'id'=4711", "Couldn't find Order with 'id'=12"],
  'ruby object': [
    "undefined local variable or method `totl' for #<Order:0x000055d0c8a1b2c3>",
    "undefined local variable or method `nmae' for #<Order:0x00007f00aa11bb22>",
  ],
  'ruby net timeout': ['Net::ReadTimeout with #<TCPSocket:(closed)>'],
  'dotnet null': ['Object reference not set to an instance of an object.'],
  'dotnet 404': ['The remote server returned an error: (404) Not Found.'],
  'dotnet 502': ['The remote server returned an error: (502) Bad Gateway.'],
  'dotnet hresult denied': ['Exception from HRESULT: 0x80070005 (E_ACCESSDENIED)'],
  'dotnet hresult file': ['Exception from HRESULT: 0x80070002'],
  'dotnet task canceled': [
    'The request was canceled due to the configured HttpClient.Timeout of 100 seconds elapsing.',
    'The request was canceled due to the configured HttpClient.Timeout of 30 seconds elapsing.',
  ],
  'rust panic index': [
    "thread 'tokio-runtime-worker' panicked at src/orders.rs:42:13: index out of bounds: the len is 3 but the index is 5",
    "thread 'tokio-runtime-worker' panicked at src/orders.rs:44:13: index out of bounds: the len is 12 but the index is 17",
  ],
  'rust os error 2': ['No such file or directory (os error 2)'],
  'rust os error 98': ['Address already in use (os error 98)'],
  'rust compile e0382': ['error[E0382]: borrow of moved value: `order`', 'error[E0382]: borrow of moved value: `user`'],
  'rust compile e0499': [
    'error[E0499]: cannot borrow `order` as mutable more than once at a time',
    'error[E0499]: cannot borrow `user` as mutable more than once at a time',
  ],
  'rust serde': ['missing field `total` at line 1 column 117', 'missing field `email` at line 4 column 9'],
  'elixir pool': [
    '** (DBConnection.ConnectionError) connection not available and request was dropped from queue after 2811ms.',
    '** (DBConnection.ConnectionError) connection not available and request was dropped from queue after 99ms.',
  ],
  'elixir match': ['** (MatchError) no match of right hand side value: {:error, :timeout}'],
  'elixir genserver': [
    '** (exit) exited in: GenServer.call(#PID<0.412.0>, :flush, 5000) ** (EXIT) time out',
    '** (exit) exited in: GenServer.call(#PID<0.9981.3>, :flush, 5000) ** (EXIT) time out',
  ],
  'exit 137': ['Command failed with exit code 137 (SIGKILL)'],
  'exit 1': ['Command failed with exit code 1'],
  'ffmpeg codec': ['[h264 @ 0x55d0c8a1b2c0] no frame! (job k3f9za)', '[h264 @ 0x7f11aa22bb30] no frame! (job 9q2lx7)'],
  'chromium crash': [
    'Protocol error (Page.printToPDF): Target closed. (session 4XyZ12abcDz)',
    'Protocol error (Page.printToPDF): Target closed. (session 9QwE77rtyUi)',
  ],
};
