{{ identity_tier(tier=7, previous=ref('int_identity__tier_6_model_99')) }}
