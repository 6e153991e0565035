{{ identity_tier(tier=5, previous=ref('int_identity__tier_4_name_city_specialty')) }}
