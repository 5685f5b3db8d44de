-- A line's changes have been told, if the line is still the one that was told. ARGV: body.
if redis.call('HGET', KEYS[1], 'body') == ARGV[1] then redis.call('HDEL', KEYS[1], 'untold') end
return 1
