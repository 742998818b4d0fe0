"""The shapes of the resources whose operators are not part of Kubernetes: only the members that we use, so that a misspelt one is found.

Written from the operators' reference pages. `tests/deploy` was also run once against their own definitions (CHANGELOG, 2026-11-29).
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Name = Annotated[str, Field(pattern=r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$")]
Size = Annotated[str, Field(pattern=r"^[1-9][0-9]*(Mi|Gi|Ti)$")]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Named(Strict):
    name: Name


class Key(Named):
    key: str


class Amounts(Strict):
    cpu: str | None = None
    memory: Size


class Limits(Strict):
    memory: Size


class Resources(Strict):
    requests: Amounts
    limits: Limits


class Listener(Strict):
    class Authentication(Strict):
        type: Literal["tls", "scram-sha-512"]

    name: Annotated[str, Field(pattern=r"^[a-z0-9]{1,11}$")]
    port: Annotated[int, Field(ge=9092)]
    type: Literal["internal"]
    tls: Literal[True]
    authentication: Authentication


class Kafka(Strict):
    class Brokers(Strict):
        class Authorization(Strict):
            type: Literal["simple"]

        class Rack(Strict):
            topologyKey: str

        version: Annotated[str, Field(pattern=r"^4\.[0-9]+\.[0-9]+$")]
        metadataVersion: Annotated[str, Field(pattern=r"^4\.[0-9]+-IV[0-9]+$")]
        listeners: Annotated[list[Listener], Field(min_length=1)]
        authorization: Authorization
        config: dict[str, str | int | bool]
        rack: Rack | None = None

    class Operators(Strict):
        topicOperator: dict[str, Any]
        userOperator: dict[str, Any]

    kafka: Brokers
    entityOperator: Operators


class KafkaNodePool(Strict):
    class Storage(Strict):
        class Volume(Strict):
            id: int
            type: Literal["persistent-claim"]
            size: Size
            kraftMetadata: Literal["shared"] | None = None
            deleteClaim: Literal[False]

        type: Literal["jbod"]
        volumes: Annotated[list[Volume], Field(min_length=1)]

    replicas: Annotated[int, Field(ge=1)]
    roles: Annotated[list[Literal["controller", "broker"]], Field(min_length=1)]
    storage: Storage
    resources: Resources
    jvmOptions: dict[Literal["-Xms", "-Xmx"], str]


class KafkaTopic(Strict):
    topicName: str
    partitions: Annotated[int, Field(ge=1)]
    replicas: Annotated[int, Field(ge=1)]
    config: dict[str, str | int | bool]


class KafkaUser(Strict):
    class Authentication(Strict):
        type: Literal["tls"]

    class Authorization(Strict):
        class Acl(Strict):
            class Resource(Strict):
                type: Literal["topic", "group"]
                name: Name
                patternType: Literal["literal"]

            resource: Resource
            operations: list[Literal["Read", "Write", "Describe"]]
            host: Literal["*"]

        type: Literal["simple"]
        acls: Annotated[list[Acl], Field(min_length=1)]

    authentication: Authentication
    authorization: Authorization


class Cluster(Strict):
    class Bootstrap(Strict):
        class Initdb(Strict):
            encoding: Literal["UTF8"]
            localeCollate: str
            localeCType: str

        initdb: Initdb

    class Storage(Strict):
        size: Size

    class Postgresql(Strict):
        class Synchronous(Strict):
            method: Literal["any", "first"]
            number: Annotated[int, Field(ge=1)]
            dataDurability: Literal["required", "preferred"]

        synchronous: Synchronous | None = None
        parameters: dict[str, str]
        pg_hba: list[str]

    class Managed(Strict):
        class Role(Named):
            name: Annotated[str, Field(pattern=r"^[a-z_]+$")]
            ensure: Literal["present"]
            login: Literal[True]
            passwordSecret: Named

        roles: list[Role]

    class Plugin(Named):
        isWALArchiver: bool
        parameters: dict[str, str]

    class Affinity(Strict):
        podAntiAffinityType: Literal["required", "preferred"]
        topologyKey: str

    instances: Annotated[int, Field(ge=1)]
    bootstrap: Bootstrap
    storage: Storage
    walStorage: Storage
    postgresql: Postgresql
    managed: Managed
    plugins: list[Plugin]
    resources: Resources
    affinity: Affinity | None = None


class Database(Strict):
    cluster: Named
    name: str
    owner: str
    databaseReclaimPolicy: Literal["retain"]


class ScheduledBackup(Strict):
    schedule: Annotated[str, Field(pattern=r"^(\S+ ){5}\S+$")]  # six fields: the first is seconds
    backupOwnerReference: Literal["none", "self", "cluster"]
    cluster: Named
    method: Literal["plugin"]
    pluginConfiguration: Named


class ObjectStore(Strict):
    class Configuration(Strict):
        class Credentials(Strict):
            accessKeyId: Key
            secretAccessKey: Key

        class Written(Strict):
            compression: Literal["gzip", "zstd"]
            encryption: Literal["AES256", "aws:kms"]

        destinationPath: Annotated[str, Field(pattern="^s3://")]
        endpointURL: Annotated[str, Field(pattern="^https://")]
        s3Credentials: Credentials
        wal: Written
        data: Written

    retentionPolicy: Annotated[str, Field(pattern=r"^[1-9][0-9]*[dwm]$")]
    configuration: Configuration


class ScaledObject(Strict):
    class Trigger(Strict):
        class Metadata(Strict):
            bootstrapServers: str
            consumerGroup: str
            lagThreshold: Annotated[str, Field(pattern="^[1-9][0-9]*$")]
            offsetResetPolicy: Literal["earliest", "latest"]
            tls: Literal["enable"]

        type: Literal["kafka"]
        metadata: Metadata
        authenticationRef: Named

    scaleTargetRef: Named
    minReplicaCount: Annotated[int, Field(ge=2)]
    maxReplicaCount: Annotated[int, Field(ge=2)]
    pollingInterval: int
    cooldownPeriod: int
    triggers: Annotated[list[Trigger], Field(min_length=1)]


class TriggerAuthentication(Strict):
    class Secret(Key):
        parameter: Literal["ca", "cert", "key"]

    secretTargetRef: list[Secret]


class Issuer(Strict):
    class Authority(Strict):
        secretName: Name

    ca: Authority


class Certificate(Strict):
    class PrivateKey(Strict):
        algorithm: Literal["ECDSA"]
        size: Literal[256, 384]
        rotationPolicy: Literal["Always"]

    class Issuer(Named):
        kind: Literal["Issuer"]

    secretName: Name
    dnsNames: Annotated[list[Name], Field(min_length=1)]
    duration: str
    renewBefore: str
    privateKey: PrivateKey
    usages: list[Literal["server auth"]]
    issuerRef: Issuer


class PodMonitor(Strict):
    class Selector(Strict):
        matchLabels: dict[str, str]

    class Endpoint(Strict):
        class Relabeling(Strict):
            sourceLabels: list[str]
            targetLabel: str

        port: str
        path: str
        relabelings: list[Relabeling]

    selector: Selector
    podMetricsEndpoints: list[Endpoint]


class PrometheusRule(Strict):
    class Group(Strict):
        class Rule(Strict):
            alert: str
            expr: str
            labels: dict[str, str]
            annotations: dict[str, str]
            for_: Annotated[str | None, Field(alias="for")] = None

        name: str
        rules: list[Rule]

    groups: list[Group]


KINDS: dict[tuple[str, str], type[Strict]] = {
    ("kafka.strimzi.io/v1", "Kafka"): Kafka,
    ("kafka.strimzi.io/v1", "KafkaNodePool"): KafkaNodePool,
    ("kafka.strimzi.io/v1", "KafkaTopic"): KafkaTopic,
    ("kafka.strimzi.io/v1", "KafkaUser"): KafkaUser,
    ("postgresql.cnpg.io/v1", "Cluster"): Cluster,
    ("postgresql.cnpg.io/v1", "Database"): Database,
    ("postgresql.cnpg.io/v1", "ScheduledBackup"): ScheduledBackup,
    ("barmancloud.cnpg.io/v1", "ObjectStore"): ObjectStore,
    ("keda.sh/v1alpha1", "ScaledObject"): ScaledObject,
    ("keda.sh/v1alpha1", "TriggerAuthentication"): TriggerAuthentication,
    ("cert-manager.io/v1", "Issuer"): Issuer,
    ("cert-manager.io/v1", "Certificate"): Certificate,
    ("monitoring.coreos.com/v1", "PodMonitor"): PodMonitor,
    ("monitoring.coreos.com/v1", "PrometheusRule"): PrometheusRule,
}
"""The shape of `spec` by apiVersion and kind."""
