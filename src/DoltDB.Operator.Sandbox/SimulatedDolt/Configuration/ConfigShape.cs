using YamlDotNet.RepresentationModel;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Configuration;

/// <summary>The keys that Dolt knows in its config.yaml. Everything else stops the server.</summary>
internal sealed record ConfigShape(string TypeName, IReadOnlyDictionary<string, ConfigShape?> Keys)
{
    /// <summary>Dolt's struct for the whole file.</summary>
    public static readonly ConfigShape Root = Build();

    /// <summary>Lists every key that Dolt does not know, as Go's YAML package words it.</summary>
    public IEnumerable<string> FindUnknown(YamlMappingNode node)
    {
        foreach (var (keyNode, value) in node.Children)
        {
            var key = ((YamlScalarNode)keyNode).Value ?? "";
            if (!Keys.TryGetValue(key, out var shape)) yield return $"  line {keyNode.Start.Line}: field {key} not found in type servercfg.{TypeName}";
            if (shape is null) continue;
            IEnumerable<YamlNode> values = value is YamlSequenceNode sequence ? sequence.Children : [value];
            foreach (var problem in values.OfType<YamlMappingNode>().SelectMany(shape.FindUnknown)) yield return problem;
        }
    }

    private static ConfigShape Shape(string typeName, string leaves, params (string Key, ConfigShape Shape)[] nested)
    {
        var keys = new Dictionary<string, ConfigShape?>();
        foreach (var leaf in leaves.Split(' ', StringSplitOptions.RemoveEmptyEntries)) keys[leaf] = null;
        foreach (var (key, shape) in nested) keys[key] = shape;
        return new ConfigShape(typeName, keys);
    }

    private static ConfigShape Build()
    {
        var gc = Shape("AutoGCBehaviorYAMLConfig", "enable archive_level incremental_file_size");
        var behavior = Shape(
            "BehaviorYAMLConfig",
            "read_only autocommit disable_client_multi_statements dolt_transaction_commit event_scheduler branch_activity_tracking",
            ("auto_gc_behavior", gc));
        var listener = Shape(
            "ListenerYAMLConfig",
            "host port max_connections back_log max_connections_timeout_millis read_timeout_millis write_timeout_millis tls_key tls_cert ca_cert "
            + "require_secure_transport require_client_cert allow_cleartext_passwords socket");
        var metrics = Shape("MetricsYAMLConfig", "labels host port tls_cert tls_key tls_ca jwks jwt_required_for_localhost");
        var standby = Shape("standbyRemoteYAMLConfig", "name remote_url_template");
        var clusterApi = Shape("clusterRemotesAPIYAMLConfig", "address port tls_key tls_cert tls_ca server_name_urls server_name_dns");
        var cluster = Shape(
            "ClusterYAMLConfig", "bootstrap_role bootstrap_epoch", ("standby_remotes", standby), ("remotesapi", clusterApi));
        return Shape(
            "YAMLConfig",
            "log_level log_format max_logged_query_len encode_logged_query data_dir cfg_dir privilege_file branch_control_file system_variables jwks "
            + "golden_mysql_conn user",
            ("behavior", behavior),
            ("listener", listener),
            ("performance", Shape("PerformanceYAMLConfig", "query_parallelism")),
            ("remotesapi", Shape("RemotesapiYAMLConfig", "port read_only")),
            ("mcp_server", Shape("MCPServerYAMLConfig", "port user password database")),
            ("user_session_vars", Shape("UserSessionVars", "name vars")),
            ("metrics", metrics),
            ("cluster", cluster));
    }
}
