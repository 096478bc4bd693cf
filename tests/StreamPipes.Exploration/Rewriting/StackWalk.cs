using Mono.Cecil;
using Mono.Cecil.Cil;

namespace StreamPipes.Exploration.Rewriting;

/// <summary>Finds who takes a value from the stack of evaluation.</summary>
internal static class StackWalk
{
    /// <returns>The instruction that takes what that one has put there, on one of the ways through the method.</returns>
    public static Instruction? ConsumerOf(Instruction producer)
    {
        int above = 0;
        Instruction? at = producer.Next;
        for (int steps = 0; at is not null && steps < 1000; steps++)
        {
            int taken = Taken(at);
            if (taken > above) return at;
            above += Given(at) - taken;
            if (at.OpCode.FlowControl is FlowControl.Return or FlowControl.Throw) return null;
            at = at.OpCode.FlowControl == FlowControl.Branch ? (Instruction)at.Operand : at.Next;
        }

        return null;
    }

    private static int Taken(Instruction at)
    {
        if (at.Operand is IMethodSignature signature && at.OpCode.FlowControl == FlowControl.Call)
        {
            bool hasThis = signature.HasThis && at.OpCode.Code != Code.Newobj;
            return signature.Parameters.Count + (hasThis ? 1 : 0);
        }

        return at.OpCode.StackBehaviourPop switch
        {
            StackBehaviour.Pop0 or StackBehaviour.Varpop or StackBehaviour.PopAll => 0,
            StackBehaviour.Pop1 or StackBehaviour.Popi or StackBehaviour.Popref => 1,
            StackBehaviour.Pop1_pop1 or StackBehaviour.Popi_pop1 or StackBehaviour.Popi_popi or StackBehaviour.Popi_popi8 or StackBehaviour.Popi_popr4
                or StackBehaviour.Popi_popr8 or StackBehaviour.Popref_pop1 or StackBehaviour.Popref_popi => 2,
            _ => 3,
        };
    }

    private static int Given(Instruction at)
    {
        if (at.Operand is IMethodSignature signature && at.OpCode.FlowControl == FlowControl.Call)
            return at.OpCode.Code == Code.Newobj || signature.ReturnType.MetadataType != MetadataType.Void ? 1 : 0;

        return at.OpCode.StackBehaviourPush switch
        {
            StackBehaviour.Push0 or StackBehaviour.Varpush => 0,
            StackBehaviour.Push1_push1 => 2,
            _ => 1,
        };
    }
}
