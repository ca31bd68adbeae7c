/** What services of others answer. */
export const SERVICES: Record<string, readonly string[]> = {
  'stripe no such customer': [
    "No such customer: 'cus_NffrFeUfNV2Hib'; a similar object exists in test mode",
    "No such customer: 'cus_9s6XKzkNRiz8i3'; a similar object exists in test mode",
  ],
  'stripe no such charge': ['No such charge: ch_3NxKq2', 'No such charge: ch_1Mz9aB', 'No such charge: ch_3OaPQ7'],
  'stripe declined': [
    'Your card was declined. (Request req_4881w2)',
    'Your card was declined. (Request req_k2m0qz)',
    'Your card was declined. (Request req_9zz81a)',
    'Your card was declined. (Request req_x1y2z3)',
  ],
  'stripe insufficient': [
    'Your card has insufficient funds. (Request req_4881w2)',
    'Your card has insufficient funds. (Request req_7dk3a0)',
  ],
  'stripe rate limit': [
    'Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits; request-id: req_AbC123dEf456Gh',
    'Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits; request-id: req_Zx9Yw8Vu7Ts6Rq',
  ],
  'twilio invalid number': [
    "Error 21211: The 'To' number +15551234567 is not a valid phone number.",
    "Error 21211: The 'To' number +49 170 1234567 is not a valid phone number.",
  ],
  'twilio unsubscribed': [
    'Error 21610: Attempt to send to unsubscribed recipient +15557654321',
    'Error 21610: Attempt to send to unsubscribed recipient +15550001111',
  ],
  'twilio not found': [
    'The requested resource /2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Messages/SM99.json was not found',
    'The requested resource /2010-04-01/Accounts/ACfedcba9876543210fedcba9876543210/Messages/SM17.json was not found',
  ],
  'sendgrid forbidden': [
    'The from address does not match a verified Sender Identity. Mail cannot be sent until this error is resolved.',
  ],
  'smtp greylist': [
    '450 4.2.0 <ann@example.com>: Recipient address rejected: Greylisted, see http://postgrey.example.org/help/example.com.html',
    '450 4.2.0 <bob@mail.example.net>: Recipient address rejected: Greylisted, see http://postgrey.example.org/help/mail.example.net.html',
  ],
  'smtp no such user': [
    '550 5.1.1 <k3f9za@example.com>: Recipient address rejected: User unknown in virtual mailbox table',
    '550 5.1.1 <info@example.org>: Recipient address rejected: User unknown in virtual mailbox table',
  ],
  'gmail rate': [
    '421-4.7.28 Our system has detected an unusual rate of unsolicited mail originating from your IP address. k3-20020a05600c1d0300b0 - gsmtp',
    '421-4.7.28 Our system has detected an unusual rate of unsolicited mail originating from your IP address. a9-20030b11700d2e0411c1 - gsmtp',
  ],
  'smtp 550 plain': ['550 Mailbox unavailable'],
  'smtp 552 plain': ['552 Mailbox unavailable'],
  'smtp auth': ['Invalid login: 535 5.7.8 Error: authentication failed: (reason unavailable)'],
  'shopify throttled': [
    'Exceeded 2 calls per second for api client. Reduce request rates to resume uninterrupted service.',
    'Exceeded 4 calls per second for api client. Reduce request rates to resume uninterrupted service.',
  ],
  'shopify missing product': [
    'Product gid://shopify/Product/7982301 was not found',
    'Product gid://shopify/Product/11902 was not found',
  ],
  'github rate limit': [
    'API rate limit exceeded for user ID 1234567. If you reach out to GitHub Support for help, please include the request ID 8C4A:3F2B1:1A2B3C4:1F2E3D4:65A1B2C3.',
    'API rate limit exceeded for user ID 42. If you reach out to GitHub Support for help, please include the request ID 9D11:2AB01:44AA3C4:90FE3D4:65FFB2C3.',
  ],
  'github not found': [
    'HttpError: Not Found - https://docs.github.com/rest/repos/repos#get-a-repository',
    'HttpError: Not Found - https://docs.github.com/rest/issues/issues#get-an-issue',
  ],
  'github secondary limit': [
    'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
  ],
  'openai rate': [
    'Rate limit reached for gpt-4o in organization org-Ab3dEf6hIj on tokens per min (TPM): Limit 30000, Used 29120, Requested 1802. Please try again in 1.844s.',
    'Rate limit reached for gpt-4o in organization org-Zz9yXw8vUt on tokens per min (TPM): Limit 30000, Used 30000, Requested 512. Please try again in 250ms.',
  ],
  'openai context': [
    "This model's maximum context length is 8192 tokens. However, your messages resulted in 9120 tokens. Please reduce the length of the messages.",
    "This model's maximum context length is 128000 tokens. However, your messages resulted in 131072 tokens. Please reduce the length of the messages.",
  ],
  'openai quota body': [
    '429 {"error":{"message":"You exceeded your current quota.","type":"insufficient_quota","code":"insufficient_quota"}}',
    '429 {"error":{"message":"You exceeded your current quota, please check your plan.","type":"insufficient_quota","code":"insufficient_quota"}}',
  ],
  'openai rate body': [
    '429 {"error":{"message":"Rate limit reached for requests","type":"requests","code":"rate_limit_exceeded"}}',
    '429 {"error":{"message":"Rate limit reached for requests of org-Ab3dEf","type":"requests","code":"rate_limit_exceeded"}}',
  ],
  'anthropic overloaded': [
    '529 {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},"request_id":"req_011CSHoEeqs5C35K2UUqR7Fy"}',
    '529 {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},"request_id":"req_011CTq9xLm2pR8vZ4WWyN3Da"}',
  ],
  's3 no such key': [
    'NoSuchKey: The specified key does not exist. Key: exports/2026/11/k3f9za.csv, RequestID: 4XyZ12abcDzQ9K1M',
    'NoSuchKey: The specified key does not exist. Key: exports/2026/10/9q2lx7.csv, RequestID: 7PQr88ttuVwX2B3C',
  ],
  's3 access denied': [
    'AccessDenied: User: arn:aws:sts::123456789012:assumed-role/jobs/i-0a1b2c3d4e5f is not authorized to perform: s3:PutObject',
    'AccessDenied: User: arn:aws:sts::210987654321:assumed-role/jobs/i-0f9e8d7c6b5a is not authorized to perform: s3:PutObject',
  ],
  's3 slow down': ['SlowDown: Please reduce your request rate.'],
  'sqs missing queue': ['AWS.SimpleQueueService.NonExistentQueue: The specified queue does not exist.'],
  'aws expired token': [
    'ExpiredToken: The provided token has expired. status code: 400, request id: X7K2PQ9ABCD12345',
    'ExpiredToken: The provided token has expired. status code: 400, request id: 0TQ3ZZ81KKLM9901',
  ],
  'lambda timeout': [
    '2026-11-26T09:12:01.123Z 6f1c0a7e-9d55-4f2a-8d0e-3b0f2f1a9c11 Task timed out after 3.00 seconds',
    '2026-11-27T19:00:44.001Z 11111111-2222-3333-4444-555555555555 Task timed out after 15.02 seconds',
  ],
  'salesforce row lock': [
    'UNABLE_TO_LOCK_ROW: unable to obtain exclusive access to this record or 1 records: 0015g00000XyZ12',
    'UNABLE_TO_LOCK_ROW: unable to obtain exclusive access to this record or 3 records: 0018b00002AbC99',
  ],
  'salesforce invalid field': [
    "INVALID_FIELD: No such column 'Region__c' on sobject of type Account",
    "INVALID_FIELD: No such column 'Tier__c' on sobject of type Account",
  ],
  'salesforce limit': ['REQUEST_LIMIT_EXCEEDED: TotalRequests Limit exceeded.'],
  'hubspot conflict': ['Contact already exists. Existing ID: 151', 'Contact already exists. Existing ID: 90412'],
  'slack channel': ['An API error occurred: channel_not_found'],
  'slack auth': ['An API error occurred: invalid_auth'],
  'paypal entity': [
    'UNPROCESSABLE_ENTITY: The requested action could not be performed. debug_id: 8f3c2a1077aa4',
    'UNPROCESSABLE_ENTITY: The requested action could not be performed. debug_id: b1e0977f3c2d1',
  ],
  'oauth grant': [
    '400 {"error":"invalid_grant","error_description":"Token has been expired or revoked."}',
    '400 {"error":"invalid_grant","error_description":"Bad Request"}',
  ],
  'oauth client': [
    '400 {"error":"invalid_client","error_description":"The OAuth client was not found."}',
    '400 {"error":"invalid_client","error_description":"Unauthorized"}',
  ],
  'azure sign-in mfa': [
    'AADSTS50076: Due to a configuration change made by your administrator, you must use multi-factor authentication. Trace ID: 3f2c9e10-77aa-4c1e-9c51-0f62a7c1b2d3',
    'AADSTS50076: Due to a configuration change made by your administrator, you must use multi-factor authentication. Trace ID: 9a8b7c6d-0000-4c1e-9c51-0f62a7c1b2d3',
  ],
  'azure secret expired': [
    "AADSTS7000222: The provided client secret keys for app '3f2c9e10-77aa-4c1e-9c51-0f62a7c1b2d3' are expired.",
    "AADSTS7000222: The provided client secret keys for app '9a8b7c6d-0000-4c1e-9c51-0f62a7c1b2d3' are expired.",
  ],
  'firebase unregistered': ['messaging/registration-token-not-registered: Requested entity was not found.'],
  'apns bad token': [
    'APNs answered 400 BadDeviceToken for device 740f4707bebcf74f9b7c25d48e3358945f6aa01da5ddb387462c7eaf61bb78ad',
    'APNs answered 400 BadDeviceToken for device 00aa4707bebcf74f9b7c25d48e3358945f6aa01da5ddb387462c7eaf61bb78ad',
  ],
  'grpc unavailable': [
    '14 UNAVAILABLE: No connection established. Last error: connect ECONNREFUSED 10.0.3.4:50051',
    '14 UNAVAILABLE: No connection established. Last error: connect ECONNREFUSED 10.0.3.9:50051',
  ],
  'grpc deadline': [
    '4 DEADLINE_EXCEEDED: Deadline exceeded after 5.001s,LB pick: 0.002s,remote_addr=10.0.3.4:50051',
    '4 DEADLINE_EXCEEDED: Deadline exceeded after 30.000s,LB pick: 0.011s,remote_addr=10.0.9.12:50051',
  ],
  'grpc exhausted': [
    'rpc error: code = ResourceExhausted desc = grpc: received message larger than max (5242881 vs. 4194304)',
    'rpc error: code = ResourceExhausted desc = grpc: received message larger than max (9000000 vs. 4194304)',
  ],
  'grpc permission': ['rpc error: code = PermissionDenied desc = caller is not allowed'],
  'kubernetes quota': [
    'pods "api-7d9f8b6c5-x2x4z" is forbidden: exceeded quota: compute, requested: limits.cpu=2, used: limits.cpu=10, limited: limits.cpu=10',
    'pods "api-5c7b9d8f6-q8wlk" is forbidden: exceeded quota: compute, requested: limits.cpu=4, used: limits.cpu=9, limited: limits.cpu=10',
  ],
  'kubernetes backoff': [
    'Back-off restarting failed container api in pod api-7d9f8b6c5-x2x4z_default(6f1c0a7e-9d55-4f2a-8d0e-3b0f2f1a9c11)',
    'Back-off restarting failed container api in pod api-5c7b9d8f6-bcdfg_default(11111111-2222-3333-4444-555555555555)',
    'Back-off restarting failed container api in pod api-6b4d5c7f9-zz9k4_default(3f2c9e10-77aa-4c1e-9c51-0f62a7c1b2d3)',
  ],
  'kubernetes scheduling': [
    '0/5 nodes are available: 5 Insufficient memory.',
    '0/12 nodes are available: 12 Insufficient memory.',
  ],
  'nginx upstream': [
    '2026/11/26 09:12:01 [error] 1234#1234: *5678 upstream timed out (110: Connection timed out) while connecting to upstream, client: 203.0.113.7',
    '2026/11/27 23:59:59 [error] 31#31: *99 upstream timed out (110: Connection timed out) while connecting to upstream, client: 198.51.100.2',
  ],
  'nginx refused': [
    '2026/11/26 09:12:01 [error] 1234#1234: *5678 connect() failed (111: Connection refused) while connecting to upstream, client: 203.0.113.7',
    '2026/11/26 10:00:00 [error] 77#77: *1 connect() failed (111: Connection refused) while connecting to upstream, client: 203.0.113.99',
  ],
  'cloudflare 522': [
    'Error 522: Connection timed out. Ray ID: 7f9c2d1e0a3b4c5d-FRA',
    'Error 522: Connection timed out. Ray ID: 8a1b2c3d4e5f6071-AMS',
  ],
  'cloudflare 1020': [
    'error code: 1020. Ray ID: 7f9c2d1e0a3b4c5d-FRA',
    'error code: 1020. Ray ID: 8a1b2c3d4e5f6071-CDG',
  ],
  'docker pull': [
    'Error response from daemon: manifest for registry.example.com/shop/api:1.4.2 not found: manifest unknown',
    'Error response from daemon: manifest for registry.example.com/shop/api:1.5.0 not found: manifest unknown',
  ],
  'vault sealed': [
    'Error making API request. URL: GET https://vault.example.com/v1/secret/data/a Code: 503. Errors: * Vault is sealed',
    'Error making API request. URL: GET https://vault.example.com/v1/secret/data/b Code: 503. Errors: * Vault is sealed',
  ],
  'vault denied': [
    'Error making API request. URL: GET https://vault.example.com/v1/secret/data/a Code: 403. Errors: * permission denied',
    'Error making API request. URL: GET https://vault.example.com/v1/secret/data/b Code: 403. Errors: * permission denied',
  ],
  'ftp full': [
    '552 Requested file action aborted. Exceeded storage allocation: upload_88.zip',
    '552 Requested file action aborted. Exceeded storage allocation: upload_1204.zip',
  ],
};
