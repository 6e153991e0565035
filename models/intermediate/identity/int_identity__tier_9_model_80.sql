{{ identity_tier(tier=9, previous=ref('int_identity__tier_8_model_90')) }}
