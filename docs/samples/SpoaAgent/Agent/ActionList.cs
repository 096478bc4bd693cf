using System.Buffers;

namespace SpoaAgent;

/// <summary>What HAProxy is to do, in answer to one NOTIFY.</summary>
internal sealed class ActionList
{
    private const byte SetVar = 1;
    private const byte UnsetVar = 2;

    private readonly ArrayBufferWriter<byte> _bytes = new(64);

    /// <summary>The actions as the payload of an ACK.</summary>
    public ReadOnlySpan<byte> Payload => _bytes.WrittenSpan;

    public ActionList Set(VariableScope scope, string name, long value)
    {
        Begin(SetVar, 3, scope, name);
        _bytes.WriteValue(value);
        return this;
    }

    public ActionList Set(VariableScope scope, string name, string value)
    {
        Begin(SetVar, 3, scope, name);
        _bytes.WriteValue(value);
        return this;
    }

    public ActionList Unset(VariableScope scope, string name)
    {
        Begin(UnsetVar, 2, scope, name);
        return this;
    }

    private void Begin(byte action, byte arguments, VariableScope scope, string name)
    {
        _bytes.WriteByte(action);
        _bytes.WriteByte(arguments);
        _bytes.WriteByte((byte)scope);
        _bytes.WriteName(name);
    }
}
