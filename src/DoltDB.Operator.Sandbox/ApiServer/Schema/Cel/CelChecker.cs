namespace DoltDB.Operator.Sandbox.ApiServer.Schema.Cel;

/// <summary>Finds names that do not exist before a rule is ever run: variables, functions, and fields the schema does not declare.</summary>
internal sealed class CelChecker(SchemaNode self, bool oldSelfIsOptional)
{
    /// <summary>Whether the expression reads the old value.</summary>
    public bool UsesOldSelf { get; private set; }

    /// <exception cref="CelSyntaxException">The first unknown name.</exception>
    public void Check(CelExpression expression) => TypeOf(expression, null);

    /// <summary>The schema of the expression's value; null when it is not known.</summary>
    private SchemaNode? TypeOf(CelExpression expression, Variable? scope)
    {
        switch (expression)
        {
            case CelIdentifier identifier:
                return Identifier(identifier.Name, scope);
            case CelSelect select:
                return Field(TypeOf(select.Target, scope), select.Field);
            case CelHas has:
                Field(TypeOf(has.Target, scope), has.Field);
                return null;
            case CelIndex index:
                TypeOf(index.Index, scope);
                return TypeOf(index.Target, scope) is { } container ? container.Items ?? container.AdditionalProperties : null;
            case CelLogic logic:
                TypeOf(logic.Left, scope);
                TypeOf(logic.Right, scope);
                return null;
            case CelConditional choice:
                TypeOf(choice.Condition, scope);
                TypeOf(choice.Else, scope);
                return TypeOf(choice.Then, scope);
            case CelMacro macro:
                return Macro(macro, scope);
            default:
                Parts(expression, scope);
                return null;
        }
    }

    private void Parts(CelExpression expression, Variable? scope)
    {
        switch (expression)
        {
            case CelCall call:
                if (char.IsAsciiLetter(call.Name[0]) && call.Name is not ("in" or "negate") && !CelFunctions.Knows(call.Name, call.Target is not null))
                {
                    throw new CelSyntaxException($"undeclared reference to '{call.Name}' (in container '')");
                }

                if (call.Target is not null) TypeOf(call.Target, scope);
                foreach (var argument in call.Arguments) TypeOf(argument, scope);
                break;
            case CelListLiteral list:
                foreach (var item in list.Items) TypeOf(item, scope);
                break;
            case CelMapLiteral map:
                foreach (var (key, value) in map.Entries)
                {
                    TypeOf(key, scope);
                    TypeOf(value, scope);
                }

                break;
        }
    }

    private SchemaNode? Macro(CelMacro macro, Variable? scope)
    {
        var target = TypeOf(macro.Target, scope);
        var inner = new Variable(macro.Variable, target?.Items, scope);
        if (macro.Filter is not null) TypeOf(macro.Filter, inner);
        TypeOf(macro.Body, inner);
        return macro.Name == "filter" && target?.Items is not null ? target : null;
    }

    private SchemaNode? Identifier(string name, Variable? scope)
    {
        for (var variable = scope; variable is not null; variable = variable.Outer)
        {
            if (variable.Name == name) return variable.Type;
        }

        switch (name)
        {
            case "self":
                return self;
            case "oldSelf":
                UsesOldSelf = true;
                return oldSelfIsOptional ? null : self;
            case "int" or "double" or "string" or "bool" or "list" or "map" or "null_type":
                return null;
            default:
                throw new CelSyntaxException($"undeclared reference to '{name}' (in container '')");
        }
    }

    private static SchemaNode? Field(SchemaNode? target, string name)
    {
        if (target is null || target.Type == SchemaType.Any) return null;
        if (target.Child(name) is { } child) return child;
        if (target.PreservesUnknown || target.EmbeddedResource) return null;
        throw new CelSyntaxException($"undefined field '{name}'");
    }

    private sealed record Variable(string Name, SchemaNode? Type, Variable? Outer);
}
