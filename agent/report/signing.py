"""Sign a PDF with the provider's certificate: PAdES, baseline B-B, one invisible signature over the whole file.

pyHanko is an extra of its own (`requirements/signature.txt`), imported only where a certificate is configured. Source:
ETSI EN 319 142-1.
"""

import io
from datetime import datetime
from pathlib import Path

from agent.config.signing_pair import flaw
from agent.core.errors import UsageError

FIELD = "Signature"


class NotSigned(UsageError):
    """Raised where a PDF that was to be signed cannot be; the file without a signature is made all the same."""


def sign_pdf(made: bytes, certificate: Path, key: Path, now: datetime) -> bytes:
    """Return a PDF with a signature added. Raises NotSigned where the pair is unsound or pyHanko is not there."""
    found = flaw(certificate, key, now)
    if found is not None:
        raise NotSigned(f"the PDF is not signed: [report] {found.key}: {found.what}", found.hint)
    try:
        from pyhanko.keys import load_certs_from_pemder, load_private_key_from_pemder
        from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
        from pyhanko.sign import signers
        from pyhanko.sign.fields import SigSeedSubFilter
        from pyhanko_certvalidator.registry import SimpleCertificateStore
    except ImportError as error:
        raise NotSigned(
            "the PDF is not signed: pyHanko is not installed", "sudo ./beffroi install, in the checkout of this version"
        ) from error
    own, *chain = load_certs_from_pemder([str(certificate)])  # type: ignore[no-untyped-call]  # it declares none
    signer = signers.SimpleSigner(
        signing_cert=own,
        signing_key=load_private_key_from_pemder(str(key), passphrase=None),
        cert_registry=SimpleCertificateStore.from_certs(chain),  # type: ignore[no-untyped-call]  # it declares none
    )
    how = signers.PdfSignatureMetadata(field_name=FIELD, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)
    written = signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(made)), how, signer=signer)
    written.seek(0)
    signed: bytes = written.read()
    return signed
