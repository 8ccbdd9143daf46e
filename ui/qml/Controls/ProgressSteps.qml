// Where the resident is on the road: 须知 → 身份 → 填写 → 确认 → 结果.
pragma ComponentBehavior: Bound

import QtQuick

Rectangle {
    id: steps

    property int reached: 0
    readonly property list<string> names: [qsTr("须知"), qsTr("身份"), qsTr("填写"), qsTr("确认"), qsTr("结果")]

    implicitHeight: Theme.px(Theme.portrait ? 88 : 64)
    color: Theme.card

    Rectangle {
        anchors.bottom: parent.bottom
        width: parent.width
        height: Theme.edgeWidth
        color: Theme.edge
    }
    Row {
        anchors.fill: parent
        anchors.leftMargin: Theme.margin
        anchors.rightMargin: Theme.margin

        Repeater {
            model: steps.names

            Item {
                id: step

                required property int index
                required property string modelData
                readonly property bool done: index < steps.reached
                readonly property bool now: index === steps.reached

                width: parent.width / steps.names.length
                height: parent.height

                Row {
                    anchors.centerIn: parent
                    spacing: Theme.px(12)

                    Rectangle {
                        anchors.verticalCenter: parent.verticalCenter
                        width: Theme.px(44)
                        height: width
                        radius: width / 2
                        color: step.now ? Theme.primary : step.done ? Theme.primaryPale : Theme.card
                        border.width: step.now ? 0 : Theme.px(2)
                        border.color: step.done ? Theme.primary : Theme.soft

                        Icon {
                            visible: step.done
                            anchors.centerIn: parent
                            name: "check"
                            size: Theme.px(32)
                            colour: Theme.primary
                        }
                        Words {
                            visible: !step.done
                            anchors.centerIn: parent
                            text: step.index + 1
                            size: Theme.px(26)
                            strong: true
                            lineHeight: 1
                            color: step.now ? Theme.primaryInk : Theme.soft
                        }
                    }
                    Words {
                        anchors.verticalCenter: parent.verticalCenter
                        text: step.modelData
                        size: Theme.px(Theme.large ? 34 : 28)
                        strong: step.now
                        wrapMode: Text.NoWrap
                        color: step.now ? Theme.primary : Theme.soft
                    }
                }
            }
        }
    }
}
