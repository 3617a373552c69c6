"""A task shown and created, in Django REST Framework behind Mangum."""

import time

import common
import django
from django.conf import settings

settings.configure(
    SECRET_KEY="not used",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["rest_framework"],
    MIDDLEWARE=["django.middleware.security.SecurityMiddleware", "django.middleware.common.CommonMiddleware"],
    APPEND_SLASH=False,
    USE_TZ=True,
    LOGGING_CONFIG=None,
    REST_FRAMEWORK={
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
        "UNAUTHENTICATED_USER": None,
    },
)
django.setup()

from django.core.asgi import get_asgi_application  # noqa: E402
from django.urls import path  # noqa: E402
from mangum import Mangum  # noqa: E402
from rest_framework import serializers, status  # noqa: E402
from rest_framework.authentication import BaseAuthentication  # noqa: E402
from rest_framework.exceptions import AuthenticationFailed, NotFound, ValidationError  # noqa: E402
from rest_framework.permissions import BasePermission  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402


class Bearer(BaseAuthentication):
    def authenticate(self, request):
        try:
            return common.authenticate(request.headers.get("Authorization")), None
        except common.NotSignedIn:
            raise AuthenticationFailed from None

    def authenticate_header(self, request):
        return "Bearer"


class SignedIn(BasePermission):
    def has_permission(self, request, view):
        return request.user is not None


class NewTask(serializers.Serializer):
    task_type = serializers.ChoiceField(choices=["sum", "countdown"])
    input_data = serializers.JSONField()

    def validate(self, attrs):
        if wrong := common.fits(attrs["task_type"], attrs["input_data"]):
            raise ValidationError({"input_data": [wrong]})
        return attrs


class Task(serializers.Serializer):
    id = serializers.IntegerField()
    task_type = serializers.CharField()
    input_data = serializers.JSONField()
    status = serializers.CharField()
    result = serializers.JSONField()
    created_at = serializers.CharField()


class View(APIView):
    authentication_classes = (Bearer,)
    permission_classes = (SignedIn,)


class Show(View):
    def get(self, request, id):
        began = time.perf_counter()
        task = common.show(request.user["number"], id)
        if task is None:
            raise NotFound
        common.answered("tasks.show", request.user["number"], 200, began)
        return Response(Task(task).data)


class Create(View):
    def post(self, request):
        began = time.perf_counter()
        new = NewTask(data=request.data)
        new.is_valid(raise_exception=True)
        try:
            task = common.create(request.user["number"], **new.validated_data)
        except common.TooManyTasks:
            raise ValidationError("You cannot have more than 5 active tasks.") from None
        common.answered("tasks.create", request.user["number"], 201, began)
        return Response(Task(task).data, status=status.HTTP_201_CREATED)


urlpatterns = [path("api/tasks/create", Create.as_view()), path("api/tasks/<int:id>", Show.as_view())]
handler = Mangum(get_asgi_application(), lifespan="off")
