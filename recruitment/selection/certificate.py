"""A certificate of a ranking: inputs, scheme and result in one file that anybody can recompute.

The bytes are a pure function of scores and scheme: no clock, no machine, no path. ``hash`` is the SHA-256
of the certificate without its ``hash``, written in the same canonical form (UTF-8 JSON, keys sorted, no
spaces).
"""

import hashlib
import json
from typing import Any

from recruitment.selection.numbers import plain
from recruitment.selection.ranking import Ranking, rank
from recruitment.selection.scheme import Scheme, load_scheme
from recruitment.selection.scores import read_scores, write_ranked

FORMAT = "recruitment-ranking/1"


class CertificateError(ValueError):
    """The certificate does not say what its own inputs give."""


def certify(scores: str, scheme_text: str, ranking: Ranking) -> bytes:
    """The certificate of a ranking.

    Args:
        scores: the CSV text that was ranked, as it was handed in.
        scheme_text: the TOML text of the scheme.
        ranking: the result of ranking them.
    """
    ranked = write_ranked(ranking.results)
    body = {
        "format": FORMAT,
        "scheme": scheme_text,
        "scores": scores,
        "scores_sha256": _sha256(scores),
        "scheme_sha256": _sha256(scheme_text),
        "ranked": ranked,
        "ranked_sha256": _sha256(ranked),
        "positions": {
            code: {
                "openings": outcome.openings,
                "quota": outcome.quota,
                "ranked": len(outcome.order),
                "entered": outcome.entered,
                "cut": None if outcome.cut is None else plain(outcome.cut),
                "vacancies": outcome.vacancies,
                "interviewed": outcome.interviewed,
                "line": None if outcome.line is None else plain(outcome.line),
            }
            for code, outcome in ranking.positions.items()
        },
    }
    return _canonical({**body, "hash": _hash(body)}) + b"\n"


def verify(certificate: bytes) -> str:
    """Rank the certificate's own inputs again and compare every byte.

    Returns:
        The hash of the certificate.

    Raises:
        CertificateError: it is damaged, or its result does not follow from its inputs.
    """
    try:
        said = json.loads(certificate)
        scores, scheme_text, stated = said["scores"], said["scheme"], said["hash"]
        ranking = _rank_again(scores, load_scheme(scheme_text))
    except (ValueError, TypeError, KeyError) as error:
        raise CertificateError(f"证书不完整或者已损坏：{error}") from error
    if certify(scores, scheme_text, ranking) != certificate:
        raise CertificateError("证书所载的结果不能由其所载的成绩和方案得出")
    return str(stated)


def _rank_again(scores: str, scheme: Scheme) -> Ranking:
    candidates, errors = read_scores(scores, scheme)
    if errors:
        raise ValueError(f"第 {errors[0].row} 行 {errors[0].column} 列：{errors[0].message}")
    return rank(candidates, scheme)


def _canonical(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _hash(body: dict[str, Any]) -> str:
    return hashlib.sha256(_canonical(body)).hexdigest()


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
