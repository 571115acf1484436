using System.Collections.Frozen;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Engine;

/// <summary>The system variables that this server knows, with what they hold when nobody has set them.</summary>
internal static class SystemVariables
{
    public const string ServerVersion = "8.0.33-Dolt-simulated";
    public const string AckTimeout = "dolt_cluster_ack_writes_timeout_secs";
    public const string TransactionCommit = "dolt_transaction_commit";

    public const string LogLevel = "dolt_log_level";

    private const long MostAckSeconds = 60;

    private static readonly FrozenSet<string> LogLevels = FrozenSet.Create("panic", "fatal", "error", "warning", "info", "debug", "trace");

    private static readonly FrozenDictionary<string, object> Known = new Dictionary<string, object>
    {
        ["version"] = ServerVersion,
        ["version_comment"] = "Dolt (simulated)",
        ["version_compile_os"] = "Linux",
        ["version_compile_machine"] = "x86_64",
        ["protocol_version"] = 10L,
        ["license"] = "GPL",
        ["autocommit"] = 1L,
        ["sql_mode"] = "NO_ENGINE_SUBSTITUTION,ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES",
        ["transaction_isolation"] = "REPEATABLE-READ",
        ["tx_isolation"] = "REPEATABLE-READ",
        ["transaction_read_only"] = 0L,
        ["character_set_client"] = "utf8mb4",
        ["character_set_connection"] = "utf8mb4",
        ["character_set_database"] = "utf8mb4",
        ["character_set_results"] = "utf8mb4",
        ["character_set_server"] = "utf8mb4",
        ["character_set_system"] = "utf8mb3",
        ["collation_connection"] = "utf8mb4_0900_bin",
        ["collation_database"] = "utf8mb4_0900_bin",
        ["collation_server"] = "utf8mb4_0900_bin",
        ["max_allowed_packet"] = 1073741824L,
        ["max_connections"] = 1000L,
        ["max_execution_time"] = 0L,
        ["time_zone"] = "SYSTEM",
        ["system_time_zone"] = "UTC",
        ["wait_timeout"] = 28800L,
        ["interactive_timeout"] = 28800L,
        ["net_read_timeout"] = 30L,
        ["net_write_timeout"] = 60L,
        ["net_buffer_length"] = 16384L,
        ["lower_case_table_names"] = 0L,
        ["init_connect"] = "",
        ["foreign_key_checks"] = 1L,
        ["unique_checks"] = 1L,
        ["sql_safe_updates"] = 0L,
        ["sql_log_bin"] = 1L,
        ["sql_select_limit"] = long.MaxValue,
        ["group_concat_max_len"] = 1024L,
        ["auto_increment_increment"] = 1L,
        ["auto_increment_offset"] = 1L,
        ["default_storage_engine"] = "InnoDB",
        ["event_scheduler"] = "ON",
        ["have_ssl"] = "DISABLED",
        ["hostname"] = "localhost",
        ["port"] = 3306L,
        ["read_only"] = 0L,
        ["super_read_only"] = 0L,
        ["server_id"] = 0L,
        ["secure_file_priv"] = "",
        ["log_bin"] = 0L,
        ["log_output"] = "FILE",
        ["performance_schema"] = 0L,
        ["query_cache_size"] = 0L,
        ["query_cache_type"] = "OFF",
        ["warning_count"] = 0L,
        ["error_count"] = 0L,
        ["last_insert_id"] = 0L,
        ["identity"] = 0L,
        [AckTimeout] = 0L,
        [TransactionCommit] = 0L,
        ["dolt_skip_replication_errors"] = 0L,
        ["dolt_replicate_to_remote"] = "",
        ["dolt_read_replica_remote"] = "",
        ["dolt_show_branch_databases"] = 0L,
        ["dolt_allow_commit_conflicts"] = 0L,
        ["dolt_force_transaction_commit"] = 0L,
        [LogLevel] = "info",
        ["dolt_stats_enabled"] = 1L,
        ["dolt_auto_gc_enabled"] = 1L,
        ["dolt_override_schema"] = "",
        ["dolt_cluster_role"] = "",
        ["dolt_cluster_role_epoch"] = 0L,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>All names in ordinal order.</summary>
    public static IEnumerable<string> Names => Known.Keys.Order(StringComparer.Ordinal);

    public static bool IsKnown(string name) => Known.ContainsKey(name);

    public static object Default(string name) => Known[name];

    /// <summary>Whether the variable takes the value; few ranges matter here.</summary>
    public static bool Takes(string name, object? value) => name.ToLowerInvariant() switch
    {
        AckTimeout => value is long and >= 0 and <= MostAckSeconds,
        LogLevel => value is string level && LogLevels.Contains(level),
        _ => true,
    };
}
