"""How many notices a second each channel may take, over all workers: token buckets in Valkey."""

from dataclasses import dataclass
from typing import Any

import redis
from flask import Flask

from recruitment.config import ConfigurationError

# One round trip, and no two workers between reading and writing. The server's clock is everybody's.
TAKE = """
local rate, burst, asked = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
local kept = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = math.min(burst, (tonumber(kept[1]) or burst) + math.max(0, now - (tonumber(kept[2]) or now)) * rate)
local granted = math.max(0, math.min(asked, math.floor(tokens)))
tokens = tokens - granted
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', string.format('%.6f', now))
redis.call('EXPIRE', KEYS[1], math.ceil(burst / rate) + 60)
local wait = 0
if granted < asked then wait = (math.min(burst, asked - granted) - tokens) / rate end
return {granted, tostring(math.max(0, wait))}
"""


@dataclass
class Grant:
    """What a bucket gave: ``count`` notices now, and in ``wait`` seconds as many again as were refused."""

    count: int
    wait: float = 0.0


class Buckets:
    """The buckets of one application.

    Args:
        rates: channel → notices a second. A channel without a rate takes what comes.
    """

    def __init__(self, redis_url: str, rates: dict[str, float]) -> None:
        self._rates = rates
        self._redis: Any = redis.Redis.from_url(redis_url, socket_connect_timeout=2, socket_timeout=2)
        self._take = self._redis.register_script(TAKE)

    @classmethod
    def of(cls, app: Flask) -> "Buckets":
        settings = app.config["SETTINGS"]
        made_for, buckets = app.extensions.get("notice_buckets", (None, None))
        if made_for != (settings.redis_url, settings.notice_rates):
            buckets = cls(settings.redis_url, rates_of(settings.notice_rates))
            app.extensions["notice_buckets"] = ((settings.redis_url, settings.notice_rates), buckets)
        assert isinstance(buckets, cls)  # noqa: S101
        return buckets

    def take(self, channel: str, count: int) -> Grant:
        """Take up to ``count`` tokens. A bucket holds those of one second, at least one."""
        rate = self._rates.get(channel)
        if not rate:
            return Grant(count)
        try:
            granted, wait = self._take(
                keys=[f"recruitment:notices:{channel}"], args=[rate, max(1.0, rate), count]
            )
        except redis.RedisError:
            # A rate is a courtesy to the far side; a notice is owed.
            return Grant(count)
        return Grant(int(granted), float(wait))


def rates_of(text: str) -> dict[str, float]:
    """``email=50,sms=20`` as numbers.

    Raises:
        ConfigurationError: it is not like that.
    """
    rates = {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        name, _, rate = entry.partition("=")
        try:
            rates[name.strip()] = float(rate)
        except ValueError:
            rates[name.strip()] = 0.0
        if not rates[name.strip()] > 0:
            raise ConfigurationError("NOTICE_RATES must look like email=50,sms=20: notices a second")
    return rates
