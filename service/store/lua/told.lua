-- A line's changes have been told, if the line is still the one that was told; `tellings` counts them. ARGV: body.
if redis.call('HGET', KEYS[1], 'body') == ARGV[1] and redis.call('HDEL', KEYS[1], 'untold') == 1 then
  redis.call('HINCRBY', KEYS[1], 'tellings', 1)
end
return 1
