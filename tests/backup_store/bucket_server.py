"""A small S3 server on loopback, so that the client library is met as it is. It works out every signature itself
(Signature Version 4, from its description), and can be told to fail in the ways networks and disks do."""

from __future__ import annotations

import hashlib
import hmac
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from xml.sax.saxutils import escape

ACCESS, SECRET, BUCKET = "AKIDBACKUP", "a-secret-of-the-bucket", "backups"


@dataclass
class Kept:
    content: bytes
    marks: dict[str, str]
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass
class Bucket:
    """What is in it, and which requests to spoil: `spoil(method, query, times_seen)` names how."""

    objects: dict[str, Kept] = field(default_factory=dict)
    uploads: dict[str, dict[str, Any]] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    spoil: Callable[[str, dict[str, str], int], str] = lambda method, query, seen: ""
    # What is kept of an object that was taken; a place that lies cuts it here.
    keep: Callable[[bytes], bytes | None] = lambda content: content
    port: int = 0

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def store(self, key: str, content: bytes, marks: dict[str, str]) -> None:
        if (kept := self.keep(content)) is not None:
            self.objects[key] = Kept(kept, marks)


@contextmanager
def serving() -> Iterator[Bucket]:
    bucket = Bucket()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_for(bucket))
    bucket.port = server.server_address[1]
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.02), daemon=True)
    thread.start()
    try:
        yield bucket
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def handler_for(bucket: Bucket) -> type[BaseHTTPRequestHandler]:
    class Handler(Answers):
        kept = bucket

    return Handler


class Answers(BaseHTTPRequestHandler):
    kept: Bucket
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_args: Any) -> None:
        pass

    def handle_any(self) -> None:
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.kept.seen.append(f"{self.command} {','.join(sorted(query))}")
        how = self.kept.spoil(self.command, query, len(self.kept.seen))
        if how == "cut":
            # The connection ends without an answer and without an effect.
            self.close_connection = True
            return
        if how == "busy":
            return self.answer(503, fault("SlowDown"))
        if problem := fault_of(self, parts, query, body):
            self.kept.refused.append(problem)
            return self.answer(403, fault(problem))
        bucket, _, key = unquote(parts.path).lstrip("/").partition("/")
        if bucket != BUCKET:
            return self.answer(404, fault("NoSuchBucket"))
        status, text, more = perform(self, key, query, body)
        if how == "unanswered":
            self.close_connection = True
            return
        self.answer(status, text, more)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = handle_any

    def answer(self, status: int, body: bytes, more: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (
            {"Content-Length": str(len(body)), "Content-Type": "application/xml"} | (more or {})
        ).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def perform(asked: Answers, key: str, query: dict[str, str], body: bytes) -> tuple[int, bytes, dict[str, str]]:
    bucket, method = asked.kept, asked.command
    marks = {name.lower(): value for name, value in asked.headers.items() if name.lower().startswith("x-amz-meta-")}
    if method == "GET" and not key:
        return 200, uploads_of(bucket) if "uploads" in query else listing(bucket, query), {}
    if method == "POST" and "uploads" in query:
        upload = f"up{len(bucket.seen)}"
        bucket.uploads[upload] = {"key": key, "marks": marks, "parts": {}, "at": datetime.now(UTC)}
        return 200, xml(f"<InitiateMultipartUploadResult><Bucket>{BUCKET}</Bucket><Key>{key}</Key>"
                        f"<UploadId>{upload}</UploadId></InitiateMultipartUploadResult>"), {}  # fmt: skip
    if upload := query.get("uploadId", ""):
        return of_upload(bucket, method, upload, query, body)
    if method == "PUT":
        bucket.store(key, body, marks)
        return 200, b"", {"ETag": f'"{etag(body)}"'}
    if method == "DELETE":
        bucket.objects.pop(key, None)
        return 204, b"", {}
    if key not in bucket.objects:
        return 404, fault("NoSuchKey"), {}
    found_one = bucket.objects[key]
    head = {"ETag": f'"{etag(found_one.content)}"', "Last-Modified": f"{found_one.at:%a, %d %b %Y %H:%M:%S GMT}"}
    size = {"Content-Length": str(len(found_one.content))}
    return 200, found_one.content, head | size | found_one.marks


def of_upload(
    bucket: Bucket, method: str, upload: str, query: dict[str, str], body: bytes
) -> tuple[int, bytes, dict[str, str]]:
    if upload not in bucket.uploads:
        return 404, fault("NoSuchUpload"), {}
    if method == "PUT":
        bucket.uploads[upload]["parts"][int(query["partNumber"])] = body
        return 200, b"", {"ETag": f'"{etag(body)}"'}
    begun = bucket.uploads.pop(upload)
    if method == "DELETE":
        return 204, b"", {}
    content = b"".join(begun["parts"][number] for number in sorted(begun["parts"]))
    bucket.store(begun["key"], content, begun["marks"])
    return 200, xml(f"<CompleteMultipartUploadResult><Bucket>{BUCKET}</Bucket><Key>{begun['key']}</Key>"
                    f"<ETag>&quot;{etag(content)}&quot;</ETag></CompleteMultipartUploadResult>"), {}  # fmt: skip


def listing(bucket: Bucket, query: dict[str, str]) -> bytes:
    """Two at a time, so that going on is always tried."""
    names = sorted(n for n in bucket.objects if n.startswith(query.get("prefix", "")))
    after = query.get("continuation-token", "")
    names = [name for name in names if name > after]
    shown, is_more = names[:2], len(names) > 2
    lines = "".join(
        f"<Contents><Key>{escape(name)}</Key><Size>{len(bucket.objects[name].content)}</Size>"
        f"<LastModified>{bucket.objects[name].at:%Y-%m-%dT%H:%M:%S.000Z}</LastModified></Contents>"
        for name in shown
    )
    token = f"<NextContinuationToken>{shown[-1]}</NextContinuationToken>" if is_more else ""
    truth = "true" if is_more else "false"
    return xml(f"<ListBucketResult><Name>{BUCKET}</Name><IsTruncated>{truth}</IsTruncated>{token}{lines}"
               "</ListBucketResult>")  # fmt: skip


def uploads_of(bucket: Bucket) -> bytes:
    lines = "".join(
        f"<Upload><Key>{one['key']}</Key><UploadId>{name}</UploadId><Initiated>{one['at']:%Y-%m-%dT%H:%M:%S.000Z}"
        "</Initiated></Upload>"
        for name, one in bucket.uploads.items()
    )
    return xml(f"<ListMultipartUploadsResult><Bucket>{BUCKET}</Bucket><IsTruncated>false</IsTruncated>{lines}"
               "</ListMultipartUploadsResult>")  # fmt: skip


def xml(text: str) -> bytes:
    return text.replace("Result>", 'Result xmlns="http://s3.amazonaws.com/doc/2006-03-01/">', 1).encode()


def fault(code: str) -> bytes:
    return f"<Error><Code>{code}</Code><Message>{code}</Message><Resource></Resource></Error>".encode()


def etag(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def fault_of(asked: Answers, parts: Any, query: dict[str, str], body: bytes) -> str:
    """Empty when the request is signed by who knows the secret, and its body is the one that was signed."""
    given = asked.headers.get("Authorization", "")
    if not given.startswith("AWS4-HMAC-SHA256 "):
        return "AccessDenied"
    fields = dict(part.strip().split("=", 1) for part in given.split(" ", 1)[1].split(","))
    access, day, region, service, _end = fields["Credential"].split("/")
    if access != ACCESS:
        return "InvalidAccessKeyId"
    digest = asked.headers.get("x-amz-content-sha256", "")
    if digest not in {hashlib.sha256(body).hexdigest(), "UNSIGNED-PAYLOAD"}:
        return "XAmzContentSHA256Mismatch"
    signed = fields["SignedHeaders"].split(";")
    lines = "".join(f"{name}:{' '.join((asked.headers.get(name) or '').split())}\n" for name in signed)
    wanted = "&".join(f"{quote(k, safe='-_.~')}={quote(v, safe='-_.~')}" for k, v in sorted(query.items()))
    request = "\n".join([asked.command, parts.path, wanted, lines, fields["SignedHeaders"], digest])
    scope = f"{day}/{region}/{service}/aws4_request"
    text = "\n".join(
        ["AWS4-HMAC-SHA256", asked.headers.get("x-amz-date", ""), scope, hashlib.sha256(request.encode()).hexdigest()]
    )
    key = f"AWS4{SECRET}".encode()
    for step in (day, region, service, "aws4_request"):
        key = hmac.new(key, step.encode(), hashlib.sha256).digest()
    right = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    return "" if hmac.compare_digest(right, fields["Signature"]) else "SignatureDoesNotMatch"
