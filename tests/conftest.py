"""What all tests share."""

# Before any Home Assistant exists, or the test plugin's own folder of this name would be taken.
import custom_components  # noqa: F401
