using System.CommandLine;
using DoltDB.Kubectl;

return await PluginRoot.Create(PluginContext.OfProcess()).Parse(args).InvokeAsync(new InvocationConfiguration());
