{{ identity_tier(tier=8, previous='int_identity__tier_7_model_95') }}
