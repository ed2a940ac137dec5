"""What training must be told beside what every service must."""

from common.settings import EncryptionKeys, Settings


class TrainingSettings(Settings):
    """Training opens names for attendance lists, so it holds the key that unwraps keys."""

    key_encryption_key: EncryptionKeys
