"""Objects in an S3 bucket."""

import random
import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import boto3
from botocore.config import Config as BotoConfig
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from shared.config import S3
from shared.documents.storage import (
    CHUNK,
    Entry,
    Missing,
    Opened,
    Unavailable,
    bounds,
    checked_data,
    checked_key,
    checked_prefix,
)

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

TRIES = 3
PATIENCE = 10.0  # seconds, for all the tries of one call together
CONNECT_TIMEOUT = 2.0
READ_TIMEOUT = 6.0  # leaves room for two quick refusals before a slow try; boto3's own retries are off

Result = TypeVar("Result")


class _NothingThere(Unavailable):
    """The range begins at or after the end of the object."""


class S3Storage:
    """Every call makes at most three tries within ten seconds, then raises Unavailable."""

    def __init__(self, client: "S3Client", bucket: str, prefix: str = "") -> None:
        self.client = client
        self.bucket = bucket
        self.prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""

    @classmethod
    def from_config(cls, choice: S3) -> "S3Storage":
        client: S3Client = boto3.client(
            "s3",
            endpoint_url=choice.endpoint,
            region_name=choice.region,
            aws_access_key_id=choice.access_key,
            aws_secret_access_key=choice.secret_key,
            config=BotoConfig(
                connect_timeout=CONNECT_TIMEOUT,
                read_timeout=READ_TIMEOUT,
                retries={"total_max_attempts": 1},
                s3={"addressing_style": "path" if choice.endpoint else "auto"},
                # Several S3 look-alikes refuse the newer default checksums.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )
        return cls(client, choice.bucket, choice.prefix)

    def put(self, key: str, data: bytes, mime: str = "application/octet-stream") -> None:
        name = self._name(key)
        checked_data(key, data)
        _tried(key, lambda: self.client.put_object(Bucket=self.bucket, Key=name, Body=data, ContentType=mime))

    def open(self, key: str, start: int | None = None, end: int | None = None) -> Opened:
        first, wanted = bounds(sys.maxsize, start, end)
        # The first answer is asked for here, so that a silent storage is a 503 and not half a file.
        answer = self._answer(key, first, wanted) if first < wanted else None
        if answer is None:
            size = self.head(key).size
            return Opened(size, min(first, size), min(wanted, size), iter(()))
        size = int(answer["ContentRange"].rpartition("/")[2]) if "ContentRange" in answer else answer["ContentLength"]
        last = min(wanted, size)
        if answer["ContentLength"] != last - first:
            raise Unavailable(key, "another length than asked for")
        return Opened(size, first, last, self._chunks(key, answer["Body"], first, last))

    def head(self, key: str) -> Entry:
        name = self._name(key)
        seen = _tried(key, lambda: self.client.head_object(Bucket=self.bucket, Key=name))
        return Entry(key, seen["ContentLength"], seen["LastModified"])

    def delete(self, key: str) -> None:
        name = self._name(key)
        _tried(key, lambda: self.client.delete_object(Bucket=self.bucket, Key=name))

    def keys(self, prefix: str = "") -> Iterator[str]:
        for entry in self.entries(prefix):
            yield entry.key

    def entries(self, prefix: str = "") -> Iterator[Entry]:
        asked: dict[str, Any] = {"Bucket": self.bucket, "Prefix": self.prefix + checked_prefix(prefix)}
        while True:
            page = _tried(prefix, lambda: self.client.list_objects_v2(**asked))
            for found in page.get("Contents", []):
                key = found["Key"].removeprefix(self.prefix)
                try:
                    yield Entry(checked_key(key), found["Size"], found["LastModified"])
                except ValueError:  # not one of ours: the bucket is shared
                    continue
            if not page.get("IsTruncated"):
                return
            asked["ContinuationToken"] = page["NextContinuationToken"]

    def _name(self, key: str) -> str:
        return self.prefix + checked_key(key)

    def _answer(self, key: str, first: int, last: int) -> Any | None:
        """What S3 says for these bounds; None when nothing stands between them."""
        asked: dict[str, Any] = {"Bucket": self.bucket, "Key": self._name(key)}
        if first or last < sys.maxsize:
            asked["Range"] = f"bytes={first}-" if last == sys.maxsize else f"bytes={first}-{last - 1}"
        try:
            return _tried(key, lambda: self.client.get_object(**asked))
        except _NothingThere:
            return None

    def _chunks(self, key: str, body: Any, first: int, last: int) -> Iterator[bytes]:
        """A connection that breaks is taken up where it stopped; after three breaks it is Unavailable."""
        done, breaks = first, 0
        while done < last:
            try:
                chunk = body.read(min(CHUNK, last - done))
                if not chunk:
                    raise HTTPClientError(error="the answer stopped early")
            except (BotoCoreError, HTTPClientError, OSError) as error:
                breaks += 1
                body.close()
                if breaks == TRIES:
                    raise Unavailable(key, str(error)) from error
                answer = self._answer(key, done, last)
                if answer is None or answer["ContentLength"] != last - done:
                    raise Unavailable(key, "changed while it was read") from error
                body = answer["Body"]
                continue
            done += len(chunk)
            yield chunk
        body.close()


def _tried(key: str, call: Callable[[], Result]) -> Result:
    deadline = time.monotonic() + PATIENCE
    for attempt in range(1, TRIES + 1):
        try:
            return call()
        except ClientError as error:
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
            code = error.response.get("Error", {}).get("Code", "")
            if code in ("NoSuchKey", "NotFound") or (status == 404 and code != "NoSuchBucket"):
                raise Missing(key) from error
            if code == "InvalidRange":
                raise _NothingThere(key) from error
            if status < 500 and status != 429:  # a wrong key or bucket does not mend itself
                raise Unavailable(key, code) from error
            failure: Exception = error
        except (BotoCoreError, HTTPClientError, OSError) as error:
            failure = error
        pause = random.uniform(0.1, 0.4) * 2 ** (attempt - 1)
        # Another try may itself last as long as both time-outs.
        if attempt == TRIES or time.monotonic() + pause + CONNECT_TIMEOUT + READ_TIMEOUT > deadline:
            raise Unavailable(key, str(failure)) from failure
        time.sleep(pause)
    raise AssertionError("unreachable")
