"""What goes in and out about people."""

from rest_framework import serializers

from accounts.models import User


class UserSerializer(serializers.ModelSerializer):
    """A profile, as its owner or an admin sees it."""

    class Meta:
        model = User
        fields = [
            "id",
            "role",
            "email",
            "full_name",
            "institution_number",
            "department",
            "is_active",
            "is_approved",
            "created_at",
        ]
        read_only_fields = fields
