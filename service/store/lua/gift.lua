-- Puts one contribution into the reader's record, unless a later look at Stripe was written already.
-- ARGV: now, keep_ms, contribution key, fence, at, state. Returns 1 when written.
local r = read_record(redis.call('GET', KEYS[1]), tonumber(ARGV[1]))
local key, fence = struct.pack('<I', tonumber(ARGV[3])), tonumber(ARGV[4])
local from = find_row(r.gifts, GIFT_SIZE, key)
if from then
  if struct.unpack('<I', r.gifts, from + 4) > fence then return 0 end
  r.gifts = without_row(r.gifts, from, GIFT_SIZE)
end
r.gifts = with_row(r.gifts, key .. struct.pack('<IIB', fence, tonumber(ARGV[5]), tonumber(ARGV[6])), MOST_GIFTS)
write_record(KEYS[1], r, ARGV[2])
return 1
