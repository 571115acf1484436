namespace DoltDB.Operator.Scenarios.Support;

/// <summary>What the Go operator leaves behind for <see cref="Manifests.Existing"/>: objects in its shapes, written under another field manager.</summary>
internal static class GoOperator
{
    public const string Credentials = """
        apiVersion: v1
        kind: Secret
        metadata: {name: my-dolt-credentials}
        stringData: {admin-user: root, admin-password: password}
        """;

    /// <summary>The children, controlled by the DoltDB with that uid.</summary>
    public static string Children(string uid)
    {
        var owner = $"[{{apiVersion: k8s.dolthub.com/v1alpha, kind: DoltDB, name: my-dolt, uid: {uid}, controller: true, blockOwnerDeletion: true}}]";
        return Template.Replace("OWNER", owner, StringComparison.Ordinal);
    }

    private const string Template = """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: my-dolt-config, labels: {app.kubernetes.io/name: my-dolt}, ownerReferences: OWNER}
        data:
          my-dolt-0.yaml: |
            log_level: info
            behavior: {auto_gc_behavior: {enable: true}}
            listener: {host: 0.0.0.0, port: 3306, max_connections: 2048}
            cluster:
              standby_remotes: [{name: my-dolt-1, remote_url_template: "http://my-dolt-1.my-dolt-internal.default:50051/{database}"}]
              bootstrap_epoch: 1
              bootstrap_role: primary
              remotesapi: {port: 50051}
          my-dolt-1.yaml: |
            log_level: info
            behavior: {auto_gc_behavior: {enable: true}}
            listener: {host: 0.0.0.0, port: 3306, max_connections: 2048}
            cluster:
              standby_remotes: [{name: my-dolt-0, remote_url_template: "http://my-dolt-0.my-dolt-internal.default:50051/{database}"}]
              bootstrap_epoch: 1
              bootstrap_role: standby
              remotesapi: {port: 50051}
        ---
        apiVersion: v1
        kind: ServiceAccount
        metadata: {name: my-dolt, ownerReferences: OWNER}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: my-dolt-internal, ownerReferences: OWNER}
        spec:
          clusterIP: None
          selector: {app.kubernetes.io/name: my-dolt}
          ports: [{name: tcp-dolt, port: 3306}, {name: grpc-remotesapi, port: 50051}]
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: my-dolt-primary, ownerReferences: OWNER}
        spec:
          selector: {app.kubernetes.io/name: my-dolt, k8s.dolthub.com/cluster-role: primary, statefulset.kubernetes.io/pod-name: my-dolt-0}
          ports: [{name: tcp-dolt, port: 3306}]
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: my-dolt-reader, ownerReferences: OWNER}
        spec:
          selector: {app.kubernetes.io/name: my-dolt, k8s.dolthub.com/cluster-role: standby}
          ports: [{name: tcp-dolt, port: 3306}]
        ---
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: my-dolt-pdb, ownerReferences: OWNER}
        spec:
          minAvailable: 50%
          selector: {matchLabels: {app.kubernetes.io/name: my-dolt}}
        ---
        apiVersion: apps/v1
        kind: StatefulSet
        metadata:
          name: my-dolt
          labels: {app.kubernetes.io/name: my-dolt, app.kubernetes.io/version: 1.57.2}
          annotations: {k8s.dolthub.com/doltdb: my-dolt, k8s.dolthub.com/replication: "true"}
          ownerReferences: OWNER
        spec:
          replicas: 2
          serviceName: my-dolt-internal
          updateStrategy: {type: OnDelete}
          selector: {matchLabels: {app.kubernetes.io/name: my-dolt}}
          persistentVolumeClaimRetentionPolicy: {whenDeleted: Retain, whenScaled: Retain}
          volumeClaimTemplates:
          - metadata: {name: dolt-data, labels: {app.kubernetes.io/name: my-dolt, pvc.k8s.dolthub.com/role: dolt-data}}
            spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 10Gi}}}
          template:
            metadata:
              labels: {app.kubernetes.io/name: my-dolt, app.kubernetes.io/version: 1.57.2}
              annotations: {k8s.dolthub.com/doltdb: my-dolt, k8s.dolthub.com/replication: "true", k8s.dolthub.com/configmap-hash: abc}
            spec:
              automountServiceAccountToken: false
              serviceAccountName: my-dolt
              volumes: [{name: dolt-config, configMap: {name: my-dolt-config}}]
              initContainers:
              - name: dolt-init
                image: dolthub/dolt:1.57.2
                command: [/bin/sh, -c, "exit 0"]
                workingDir: /db
                env: &env
                - {name: DOLT_ROOT_PATH, value: /db}
                - {name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
                - {name: DOLT_USERNAME, valueFrom: {secretKeyRef: {name: my-dolt-credentials, key: admin-user}}}
                - {name: DOLT_PASSWORD, valueFrom: {secretKeyRef: {name: my-dolt-credentials, key: admin-password}}}
                volumeMounts: &mounts [{name: dolt-config, mountPath: /etc/doltdb}, {name: dolt-data, mountPath: /db}]
              containers:
              - name: dolt
                image: dolthub/dolt:1.57.2
                command: [tini, --, /usr/local/bin/dolt, sql-server, --config, config.yaml]
                workingDir: /db
                env: *env
                volumeMounts: *mounts
                ports: [{name: tcp-dolt, containerPort: 3306}]
                readinessProbe: {tcpSocket: {port: 3306}, periodSeconds: 1}
        """;
}
