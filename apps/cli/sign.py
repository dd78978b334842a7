"""`sinergi sign`: an agency's own signature on what it asks of another agency's service."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import orjson
import typer
from pydantic import ValidationError

app = typer.Typer()


@app.command()
def sign(
    attest: Annotated[
        Path, typer.Argument(help="The answer 428 of the service, or its `attest`; - for stdin.")
    ],
    body: Annotated[Path, typer.Option(help="The request's body, byte for byte.", exists=True)],
    key: Annotated[Path, typer.Option(help="The key file of the agency's desk.")],
    signer: Annotated[str, typer.Option(help="Who signs, as the agency calls them: opaque.")],
    minutes: Annotated[int, typer.Option(min=1, max=1440, help="How long it is good.")] = 15,
) -> None:
    """Print the header Attestation for a request. Read first what you sign: it is shown."""
    from shared.signing.attestation import Act
    from shared.signing.attestation import sign as sign_
    from shared.signing.keys import BadKey, Signer, read_key
    from shared.web.attested_requests import header_of

    given = sys.stdin.buffer.read() if str(attest) == "-" else attest.read_bytes()
    try:
        found = orjson.loads(given)
        place = found.get("attest", found)
        not_after = datetime.now(UTC) + timedelta(minutes=minutes)
        act = Act.model_validate({**place, "signer": signer, "not_after": not_after})
        attestation = sign_(act, body.read_bytes(), Signer(read_key(key)))
    except (ValidationError, ValueError, AttributeError) as error:
        raise BadKey(f"{attest} can't be signed for {body}: {error}") from error
    typer.echo(act.model_dump_json(indent=2), err=True)
    typer.echo(header_of(attestation))
