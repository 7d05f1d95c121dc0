"""What machines send and read about people, referrals, gaps and files: explicit fields, never a model's all."""
