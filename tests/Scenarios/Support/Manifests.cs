using DoltDB.Operator.Drivers.Tests;

namespace DoltDB.Operator.Scenarios.Support;

/// <summary>Manifests as users have them.</summary>
internal static class Manifests
{
    /// <summary>An existing user's manifest for the Go operator.</summary>
    public const string Existing = """
        apiVersion: k8s.dolthub.com/v1alpha
        kind: DoltDB
        metadata:
          name: my-dolt
        spec:
          engineVersion: "1.57.2"
          image: dolthub/dolt
          replicas: 2
          storage:
            size: 10Gi
          server:
            listener:
              host: 0.0.0.0
              port: 3306
              maxConnections: 2048
            cluster:
              remotesAPI:
                port: 50051
          globalConfig:
            commitAuthor:
              name: "dolt operator"
              email: "dolt@operator.local"
          replication:
            enabled: true
            primary:
              podIndex: 0
              automaticFailover: true
        """;

    /// <summary>A DoltDB with the given lines below spec.</summary>
    public static string DoltDb(string name, string spec) => $$"""
        apiVersion: k8s.dolthub.com/v1alpha
        kind: DoltDB
        metadata:
          name: {{name}}
        spec:
          engineVersion: "1.57.2"
          image: dolthub/dolt
        {{string.Join('\n', spec.ReplaceLineEndings("\n").Split('\n').Select(line => "  " + line))}}
        """;

    /// <summary>A replicated DoltDB.</summary>
    public static string Replicated(string name, int replicas, int podIndex = 0, string size = "1Gi") => DoltDb(
        name,
        $$"""
        replicas: {{replicas}}
        storage:
          size: {{size}}
        replication:
          enabled: true
          primary:
            podIndex: {{podIndex}}
            automaticFailover: true
        """);

    /// <summary>A User whose SQL account has its name, and the Secret with the password.</summary>
    public static string Account(string name, string cluster, string password) => $$"""
        apiVersion: v1
        kind: Secret
        metadata: {name: {{name}}, labels: {k8s.dolthub.com/watch: ""} }
        stringData: {password: {{password}} }
        ---
        apiVersion: k8s.dolthub.com/v1alpha
        kind: User
        metadata: {name: {{name}}}
        spec:
          doltDBRef: {name: {{cluster}}}
          name: {{name}}
          host: "%"
          passwordSecretKeyRef: {name: {{name}}, key: password}
          requeueInterval: 200ms
        """;

    /// <summary>A server of an engine of somebody else's, its driver included. The administrator's password is expected in Secret <c>archive-admin</c>.</summary>
    public static string Archive(FileServer server) => $$"""
        apiVersion: k8s.dolthub.com/v1alpha
        kind: DatabaseDriver
        metadata: {name: files}
        spec: {image: "example.com/file-driver:1", command: ["{{FileServer.Program}}"], engines: [file]}
        ---
        apiVersion: k8s.dolthub.com/v1alpha
        kind: ExternalInstance
        metadata: {name: archive}
        spec:
          engine: file
          driver: files
          host: archive.example.com
          parameters: {path: "{{server.Path}}"}
          adminCredentials: {username: {value: admin}, password: {valueFrom: {secretKeyRef: {name: archive-admin, key: password} } } }
        """;
}
