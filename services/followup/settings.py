"""What followup alone must be told: the key that opens names, and the one that signs proofs."""

from common.settings import EncryptionKey, Settings, SigningKey


class FollowupSettings(Settings):
    """The settings of followup."""

    key_encryption_key: EncryptionKey
    seal_signing_key: SigningKey
