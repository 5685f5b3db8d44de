-- One reader's record, as bytes; every script of this folder is loaded with this text in front of it.
-- record.py reads the same layout. Numbers are little-endian; times are seconds since 1970.
--   head:     version(1) spare(1) visits(2) first_seen(4) last_seen(4) snoozed_until(4) dismissed_at(4)
--             dismissals(1) articles(1) shown(1) gifts(1)
--   article:  key(4) opened_at(4)                         oldest first
--   shown:    campaign(4) receipt(4) at(4) flags(1)       oldest first; flags 1 seen, 2 clicked, 4 dismissed, 8 snoozed
--   gift:     id(4) fence(4) at(4) state(1)
local HEAD, HEAD_SIZE = '<BBHIIIIBBBB', 24
local ARTICLE_SIZE, SHOWN_SIZE, GIFT_SIZE = 8, 13, 13
local MOST_ARTICLES, MOST_SHOWN, MOST_GIFTS = 200, 60, 30
local VISIT_GAP = 1800

local function new_record(now)
  return {visits = 0, first_seen = now, last_seen = 0, snoozed_until = 0, dismissed_at = 0, dismissals = 0,
          articles = '', shown = '', gifts = ''}
end

local function read_record(raw, now)
  if not raw then return new_record(now) end
  local version, _, visits, first_seen, last_seen, snoozed_until, dismissed_at, dismissals, a, s, g = struct.unpack(HEAD, raw)
  if version ~= 1 then error('reader record of version ' .. version) end
  local shown_from = HEAD_SIZE + a * ARTICLE_SIZE
  local gifts_from = shown_from + s * SHOWN_SIZE
  return {visits = visits, first_seen = first_seen, last_seen = last_seen, snoozed_until = snoozed_until,
          dismissed_at = dismissed_at, dismissals = dismissals,
          articles = string.sub(raw, HEAD_SIZE + 1, shown_from),
          shown = string.sub(raw, shown_from + 1, gifts_from),
          gifts = string.sub(raw, gifts_from + 1, gifts_from + g * GIFT_SIZE)}
end

local function write_record(key, r, keep_ms)
  local raw = struct.pack(HEAD, 1, 0, r.visits, r.first_seen, r.last_seen, r.snoozed_until, r.dismissed_at, r.dismissals,
                          #r.articles / ARTICLE_SIZE, #r.shown / SHOWN_SIZE, #r.gifts / GIFT_SIZE)
              .. r.articles .. r.shown .. r.gifts
  redis.call('SET', key, raw, 'PX', keep_ms)
  return raw
end

-- Where (from 1) the row that begins with `key` stands in `rows`, or nil.
local function find_row(rows, size, key, key_at)
  for from = 1 + key_at, #rows, size do
    if string.sub(rows, from, from + #key - 1) == key then return from - key_at end
  end
end

local function without_row(rows, from, size)
  return string.sub(rows, 1, from - 1) .. string.sub(rows, from + size)
end

-- Adds a row at the end; the oldest goes when there are too many.
local function with_row(rows, row, most)
  if #rows >= most * #row then rows = string.sub(rows, #row + 1) end
  return rows .. row
end
