{{ identity_tier(tier=0, previous=none) }}
