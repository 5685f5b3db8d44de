-- Writes a reader's reminder in place of an earlier one. ARGV: ms until it goes away by itself, then fields and values.
redis.call('DEL', KEYS[1])
for at = 2, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[at], ARGV[at + 1]) end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return 1
