{{ identity_tier(tier=5, previous='int_identity__tier_4_name_city_specialty') }}
