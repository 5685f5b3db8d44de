-- Records one page view and returns the record; or returns what the record would be, and changes nothing.
-- ARGV: now, keep_ms (0: nothing is recorded), article key (0: not an article), the second from which the meter counts (0: it does not count this
-- page), how many articles it counts, how many more for who has a newsletter, then the keys of the article's topics
local now = tonumber(ARGV[1])
local r = read_record(redis.call('GET', KEYS[1]), now)
if now - r.last_seen > VISIT_GAP then r.visits = math.min(r.visits + 1, 65535) end
r.last_seen = now

-- Counts the article, unless it was counted in this period already or none is left. Two tabs that are opened at once
-- must not both take the last one, so it is counted here and not by whoever reads the answer.
local function count(key, since, room)
  local kept, found = {}, false
  for from = 1, #r.counted, COUNTED_SIZE do
    if struct.unpack('<I', r.counted, from + 4) >= since then
      kept[#kept + 1] = string.sub(r.counted, from, from + COUNTED_SIZE - 1)
      found = found or string.sub(r.counted, from, from + 3) == key
    end
  end
  if not found and #kept < room then kept[#kept + 1] = key .. struct.pack('<I', now) end
  r.counted = table.concat(kept)
end

if ARGV[3] ~= '0' then
  local key = struct.pack('<I', tonumber(ARGV[3]))
  local from = find_row(r.articles, ARTICLE_SIZE, key)
  if from then r.articles = without_row(r.articles, from, ARTICLE_SIZE) end
  r.articles = with_row(r.articles, key .. struct.pack('<I', now), MOST_ARTICLES)
  if ARGV[4] ~= '0' then
    local bonus = r.newsletters ~= '' and tonumber(ARGV[6]) or 0
    count(key, tonumber(ARGV[4]), tonumber(ARGV[5]) + bonus)
  end
  for i = 7, #ARGV do
    local topic = struct.pack('<I', tonumber(ARGV[i])) .. key
    local held = find_row(r.topics, TOPIC_SIZE, topic)
    if held then r.topics = without_row(r.topics, held, TOPIC_SIZE) end
    r.topics = with_row(r.topics, topic, MOST_TOPICS)
  end
end
if ARGV[2] == '0' then return pack_record(r) end
return write_record(KEYS[1], r, ARGV[2])
