using DoltDB.Operator.Drivers;
using FileDriver;

return await new DriverHost().Serve("file", new DirectoryDriver()).RunAsync(args);
