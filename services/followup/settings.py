"""What followup alone must be told: the key that opens names, and the one that signs proofs."""

from common.settings import EncryptionKeys, Settings, SigningKey


class FollowupSettings(Settings):
    """The settings of followup."""

    key_encryption_key: EncryptionKeys
    seal_signing_key: SigningKey
