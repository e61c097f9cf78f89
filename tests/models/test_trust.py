"""Who may be driven: nobody elsewhere without a token."""

from pathlib import Path

import pytest

from callsheet.core.errors import CrewError
from callsheet.models.pool.trust import check_token

ELSEWHERE = "10.0.0.7:6379"
NOWHERE = Path("/no/such/token")


@pytest.mark.parametrize("address", ["127.0.0.1:6379", "localhost:6379", "ray://127.0.0.1:10001"])
def test_a_cluster_on_this_machine_may_be_open(address: str) -> None:
    check_token(address, {"RAY_AUTH_MODE": "disabled"}, NOWHERE)


@pytest.mark.parametrize("address", [ELSEWHERE, "ray://head.studio.example:10001"])
def test_a_cluster_elsewhere_is_not_driven_without_token_mode(address: str) -> None:
    with pytest.raises(CrewError, match="RAY_AUTH_MODE is 'disabled', not 'token'; write one secret into a file"):
        check_token(address, {"RAY_AUTH_MODE": "disabled", "RAY_AUTH_TOKEN": "secret"}, NOWHERE)


def test_a_cluster_elsewhere_is_not_driven_without_a_token() -> None:
    with pytest.raises(CrewError, match="no token for it: no RAY_AUTH_TOKEN_PATH"):
        check_token(ELSEWHERE, {"RAY_AUTH_MODE": "token"}, NOWHERE)
    with pytest.raises(CrewError, match="no file at RAY_AUTH_TOKEN_PATH='/no/such/file'"):
        check_token(ELSEWHERE, {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN_PATH": "/no/such/file"}, NOWHERE)


def test_each_place_a_token_may_be_in_is_enough(tmp_path: Path) -> None:
    kept = tmp_path / "token"
    kept.write_text("secret")
    check_token(ELSEWHERE, {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": "secret"}, NOWHERE)
    check_token(ELSEWHERE, {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN_PATH": str(kept)}, NOWHERE)
    check_token(ELSEWHERE, {"RAY_AUTH_MODE": "token"}, kept)
