using System.Reflection;
using System.Reflection.Emit;

namespace StreamPipes.Tests.Guards;

/// <summary>The types whose members a method's code calls, reads, creates or tests for: read from its instructions.</summary>
internal static class CalledTypes
{
    private static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value);

    public static IEnumerable<Type> Of(MethodBase method)
    {
        if (method.GetMethodBody()?.GetILAsByteArray() is not { } code) yield break;
        Type[] typeArguments = method.DeclaringType?.GetGenericArguments() ?? [];
        Type[] methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : [];
        int position = 0;
        while (position < code.Length)
        {
            OpCode operation = Next(code, ref position);
            if (operation.OperandType is OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType)
            {
                MemberInfo? member = method.Module.ResolveMember(BitConverter.ToInt32(code, position), typeArguments, methodArguments);
                if ((member as Type ?? member?.DeclaringType) is { } type) yield return type;
            }

            position += SizeOf(operation, code, position);
        }
    }

    private static OpCode Next(byte[] code, ref int position)
    {
        // The first byte of an instruction of two bytes.
        const byte Prefix = 0xFE;
        byte first = code[position++];
        return OpCodesByValue[first == Prefix ? unchecked((short)((first << 8) | code[position++])) : first];
    }

    private static int SizeOf(OpCode operation, byte[] code, int position) => operation.OperandType switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, position)),
        _ => 4,
    };
}
