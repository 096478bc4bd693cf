namespace SpoaAgent;

/// <summary>How long HAProxy keeps a variable.</summary>
internal enum VariableScope
{
    Process = 0,
    Session = 1,
    Transaction = 2,
    Request = 3,
    Response = 4,
}
