-- Numbers a look at Stripe that is about to begin. Until a line is written the number goes away by itself: a stranger's
-- payment must not leave anything behind. ARGV: seconds to keep it. Returns the number.
local look = redis.call('HINCRBY', KEYS[1], 'asked', 1)
if redis.call('HEXISTS', KEYS[1], 'body') == 0 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return look
