"""What the integration costs, measured beside a bare subscriber and an empty platform."""
