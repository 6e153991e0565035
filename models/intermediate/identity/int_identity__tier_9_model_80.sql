{{ identity_tier(tier=9, previous='int_identity__tier_8_model_90') }}
