{{ identity_tier(tier=7, previous='int_identity__tier_6_model_99') }}
