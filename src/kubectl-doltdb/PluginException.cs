namespace DoltDB.Kubectl;

/// <summary>What was asked for cannot be done; the message names what is wrong and what to do.</summary>
internal sealed class PluginException(string message) : Exception(message);
